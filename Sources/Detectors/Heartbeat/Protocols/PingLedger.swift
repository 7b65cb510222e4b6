/// Counts pings sent and answered, so that an unsolicited answer does not count as a pong.
struct PingLedger: Sendable, Hashable {
  private(set) var sent: UInt64 = 0
  private(set) var answered: UInt64 = 0

  /// The number of the next ping, from 1.
  mutating func next() -> UInt64 {
    sent &+= 1
    return sent
  }

  /// An answer that carries no number answers the oldest ping.
  mutating func answerOldest() -> Int {
    guard answered < sent else { return 0 }
    answered += 1
    return 1
  }

  /// An answer to a numbered ping answers the earlier ones too: the peer may leave out all but the latest.
  mutating func answer(upTo number: UInt64) -> Int {
    guard number > answered, number <= sent else { return 0 }
    defer { answered = number }
    return Int(clamping: number - answered)
  }
}
