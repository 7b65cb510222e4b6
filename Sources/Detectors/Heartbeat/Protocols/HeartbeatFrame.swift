/// A frame of the binary heartbeat: `0xC8`, the length of the data (2 bytes, big endian), the kind (1
/// byte), the data, `0xC9`.
///
/// A ping of ours carries its number as 8 bytes, big endian; a pong carries the data of the ping it answers.
public struct HeartbeatFrame: Sendable, Hashable {
  /// Purpose of a frame.
  public enum Kind: UInt8, Sendable {
    /// Asks for an answer with the same data.
    case ping = 0x01
    /// The answer.
    case pong = 0x02
  }

  /// More data than this is not a frame.
  ///
  /// Kept small because garbage that looks like the head of a frame delays the next real one by as much.
  public static let maximumDataLength = 64

  static let startMarker: UInt8 = 0xC8
  static let endMarker: UInt8 = 0xC9
  /// Markers, length and kind.
  static let overhead = 5

  /// Ping or pong.
  public let kind: Kind
  /// The bytes between the header and the end.
  public let data: [UInt8]

  /// `nil` when there is more data than ``maximumDataLength``.
  public init?(kind: Kind, data: [UInt8]) {
    guard data.count <= Self.maximumDataLength else { return nil }
    self.kind = kind
    self.data = data
  }

  /// A ping or pong with a number.
  public init(kind: Kind, sequence: UInt64) {
    self.kind = kind
    self.data = WireBytes.bigEndian(sequence)
  }

  /// The number, when the data is one.
  public var sequence: UInt64? { data.count == 8 ? WireBytes.number(data) : nil }

  /// The pong to a ping; `nil` for a pong, which needs no answer.
  public var answer: HeartbeatFrame? {
    kind == .ping ? HeartbeatFrame(kind: .pong, data: data) : nil
  }

  /// The bytes on the wire.
  public func encoded() -> [UInt8] {
    [Self.startMarker] + WireBytes.bigEndian(UInt16(clamping: data.count)) + [kind.rawValue] + data
      + [Self.endMarker]
  }

  /// Result of decoding the front of some bytes.
  public enum Decoding: Sendable, Hashable {
    /// A frame, and how many bytes it takes.
    case frame(HeartbeatFrame, length: Int)
    /// The beginning of a frame, as far as can be seen.
    case incomplete
    /// No frame begins here; this many bytes, at least one, can be thrown away.
    case garbage(length: Int)
  }

  /// Decodes the front of some bytes.
  public static func decode(_ bytes: ArraySlice<UInt8>) -> Decoding {
    guard let first = bytes.first else { return .incomplete }
    guard first == startMarker else {
      return .garbage(length: bytes.firstIndex(of: startMarker).map { $0 - bytes.startIndex } ?? bytes.count)
    }
    let body = bytes.dropFirst()
    // Refuse as early as possible: the high byte of the length, the length, the kind, the end.
    if let high = body.first, Int(high) > maximumDataLength >> 8 { return .garbage(length: 1) }
    guard body.count >= 2 else { return .incomplete }
    let length = Int(clamping: WireBytes.number(body.prefix(2)))
    guard length <= maximumDataLength else { return .garbage(length: 1) }
    guard let rawKind = body.dropFirst(2).first else { return .incomplete }
    guard let kind = Kind(rawValue: rawKind) else { return .garbage(length: 1) }
    let rest = body.dropFirst(3)
    guard let end = rest.dropFirst(length).first else { return .incomplete }
    guard end == endMarker, let frame = HeartbeatFrame(kind: kind, data: Array(rest.prefix(length))) else {
      return .garbage(length: 1)
    }
    return .frame(frame, length: length + overhead)
  }
}

/// Finds frames in bytes that arrive in pieces of any size, with garbage between them.
public struct HeartbeatFrameDecoder: Sendable {
  private var held: [UInt8] = []

  /// Nothing received yet.
  public init() {}

  /// Bytes kept for later: less than one frame.
  public var heldBytes: Int { held.count }

  /// Every frame that these bytes complete, in order.
  public mutating func consume(_ bytes: ArraySlice<UInt8>) -> [HeartbeatFrame] {
    var frames: [HeartbeatFrame] = []
    held += bytes
    var rest = held[...]
    scan: while !rest.isEmpty {
      switch HeartbeatFrame.decode(rest) {
      case .frame(let frame, let length):
        frames.append(frame)
        rest = rest.dropFirst(length)
      case .garbage(let length): rest = rest.dropFirst(length)
      case .incomplete: break scan
      }
    }
    held = Array(rest)
    return frames
  }
}
