/// The rules for every heartbeat protocol. Each can be checked alone.
@nonexhaustive
public enum HeartbeatRule: String, CaseIterable, Sendable {
  /// The same bytes in other pieces have the same meaning.
  case takesAnyPieces
  /// There are never more pongs than pings, whatever the peer sends.
  case countsNoPongWithoutPing
  /// A conversation says that it is ready if and only if it can ping.
  case pingsWhenReady
  /// After an error every later call throws the same, and there is no ping.
  case failsForEver
  /// An error has the protocol's name and a reason in one short line.
  case explainsInOneLine
  /// It keeps and answers a bounded number of bytes, whatever the peer sends.
  case keepsMemoryBounded
}

extension HeartbeatRule: CustomStringConvertible {
  public var description: String { rawValue }
}

extension HeartbeatRule {
  /// What is tried, in one line.
  public var summary: String {
    switch self {
    case .takesAnyPieces:
      "each transcript whole, byte by byte and cut in two at every place: the same pongs, replies and error, and as many "
        + "pongs as the transcript says"
    case .countsNoPongWithoutPing: "noise, and transcripts with changed bytes, with and without pings"
    case .pingsWhenReady: "after each piece there is a ping if the conversation is ready, and none otherwise"
    case .failsForEver: "after the first error further bytes give the same error, and there is no ping"
    case .explainsInOneLine:
      "the reason has at most 500 bytes and no control characters, also where the peer's own text is in it"
    case .keepsMemoryBounded:
      "1 MiB of noise, of zeros, of one endless line, of the transcripts: the conversation then holds at most 256 KiB, "
        + "and no reply is larger than its piece and 4 KiB"
    }
  }
}
