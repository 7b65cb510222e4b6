import FlatlineHeartbeat

/// What a peer may send that nobody expects: noise, and transcripts with changed bytes.
struct PeerNoise {
  private let conformance: HeartbeatConformance
  private var generator = SeededGenerator(seed: 7)

  private static let plain = 200
  private static let changed = 200
  /// Bytes with a meaning in many protocols.
  private static let marks: [UInt8] = [0, 10, 13, 32, 36, 42, 43, 45, 48, 58, 0x7F, 0x80, 0xFF]

  init(_ conformance: HeartbeatConformance) {
    self.conformance = conformance
  }

  /// Calls `body` with each noise and its name, until it returns false.
  mutating func visit(_ body: (_ name: String, _ bytes: [UInt8]) -> Bool) {
    for _ in 0..<Self.plain where !body("noise", random(Int.random(in: 1...600, using: &generator))) {
      return
    }
    for transcript in conformance.transcripts {
      let bytes = Conversation.bytes(of: transcript, to: conformance.make()).flatMap(\.bytes)
      guard body("the transcript \"\(transcript.name)\" twice", bytes + bytes) else { return }
      for _ in 0..<Self.changed {
        let name = "the transcript \"\(transcript.name)\" with changed bytes"
        guard body(name, change(bytes + bytes) + random(100)) else { return }
      }
    }
  }

  /// In pieces of any size.
  mutating func pieces(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      pieces.append(rest.prefix(Int.random(in: 1...300, using: &generator)))
      rest = rest.dropFirst(pieces.last?.count ?? 1)
    }
    return pieces
  }

  /// Bytes of any value, or of few values, or of a line.
  mutating func random(_ count: Int) -> [UInt8] {
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    case 1: (0..<count).map { _ in generator.pick(Self.marks) }
    default: (0..<count).map { _ in UInt8.random(in: 32...126, using: &generator) } + [13, 10]
    }
  }

  private mutating func change(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      default: bytes.insert(contentsOf: random(3), at: place)
      }
    }
    return bytes
  }
}
