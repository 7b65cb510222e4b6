import CFlatlineTestKit
import FlatlineHeartbeat

extension HeartbeatConformance {
  func keepsMemoryBounded(_ trial: inout Trial) {
    var noise = PeerNoise(self)
    let zeros = [UInt8](repeating: 0, count: Self.piece)
    let line = [UInt8](repeating: UInt8(ascii: "7"), count: Self.piece)
    let random = noise.random(Self.piece)
    feed("noise", opening: nil, random, &trial)
    feed("zeros", opening: nil, zeros, &trial)
    feed("one endless line", opening: nil, line, &trial)
    for transcript in transcripts where !trial.isOver {
      let bytes = Conversation.bytes(of: transcript, to: make()).flatMap(\.bytes)
      guard !bytes.isEmpty else { continue }
      let many = [[UInt8]](repeating: bytes, count: max(1, Self.piece / bytes.count)).flatMap { $0 }
      feed("\(transcript.name) again and again", opening: transcript, many, &trial)
      feed("\(transcript.name), then zeros", opening: transcript, zeros, &trial)
      feed("\(transcript.name), then one endless line", opening: transcript, line, &trial)
      feed("\(transcript.name), then noise", opening: transcript, random, &trial)
    }
  }

  private static var piece: Int { 16_384 }
  private static var pieces: Int { 64 }
  private static var mostHeld: Int { 256 << 10 }
  private static var mostReply: Int { 4096 }

  private func feed(
    _ how: String, opening: HeartbeatTranscript?, _ piece: [UInt8], _ trial: inout Trial
  ) {
    trial.enter(how)
    var largestReply = 0
    let held = Self.heldBytes {
      var conversation = Conversation(make())
      if let opening { conversation.play(opening) { bytes, _, conversation in conversation.consume(bytes) } }
      var proto = conversation.proto
      for _ in 0..<Self.pieces {
        _ = proto.ping()
        guard let reception = try? proto.consume(piece[...]) else { break }
        largestReply = max(largestReply, reception.reply.count)
      }
      return proto
    }
    trial.require(held <= Self.mostHeld, "after 1 MiB of \(how) it held \(held) bytes")
    trial.require(
      largestReply <= piece.count + Self.mostReply,
      "with \(how) it replied \(largestReply) bytes to \(piece.count)")
  }

  /// The bytes of the heap that are free when a value is gone. Other threads use the heap too, so that the least of
  /// three counts.
  private static func heldBytes(_ make: () -> any HeartbeatProtocol) -> Int {
    var least = Int.max
    for _ in 0..<3 where least > mostHeld {
      var kept: (any HeartbeatProtocol)? = make()
      let before = flatline_heap_bytes()
      withExtendedLifetime(kept) {}
      kept = nil
      let after = flatline_heap_bytes()
      least = min(least, before > after ? Int(before - after) : 0)
    }
    return least
  }
}
