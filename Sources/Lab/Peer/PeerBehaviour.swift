/// The behaviour of the lab's server program towards its connections.
public struct PeerBehaviour: Sendable, Hashable {
  /// The data that it sends back.
  public enum Answer: Sendable, Hashable {
    /// Nothing.
    case nothing
    /// Every byte it read.
    case echo
    /// Every line end that it read and nothing else: one answer for each line.
    case lineEnds
    /// As many bytes as the connection takes, independent of what it reads.
    case flood
  }

  /// The data that it sends back.
  public var answer: Answer
  /// The data that it sends by itself besides its answers; `nil` for none.
  public var stream: Stream?
  /// Whether it keeps a connection whose client has ended its own direction (a FIN). Otherwise it closes too.
  public var staysHalfClosed: Bool
  /// How fast it reads each connection: bytes a second, 0 for not at all, `nil` for as fast as they arrive.
  ///
  /// A slow reader reads its share ten times a second. A program that does not read lets the window close.
  public var bytesPerSecond: Int?

  /// A regular write of the program's own.
  public struct Stream: Sendable, Hashable {
    /// Bytes of each write, 1 to 16,384.
    public var bytes: Int
    /// The time between two writes, at least 1 ms.
    public var interval: Duration

    /// From its parts, each described at its property.
    public init(bytes: Int, every interval: Duration) {
      self.bytes = bytes
      self.interval = interval
    }
  }

  /// From its parts, each described at its property.
  public init(
    answer: Answer = .nothing, bytesPerSecond: Int? = nil, stream: Stream? = nil,
    staysHalfClosed: Bool = false
  ) {
    self.answer = answer
    self.bytesPerSecond = bytesPerSecond
    self.stream = stream
    self.staysHalfClosed = staysHalfClosed
  }

  /// Reads and discards.
  public static let drain = PeerBehaviour()
  /// Sends every byte back.
  public static let echo = PeerBehaviour(answer: .echo)
  /// Does not read: the client's data fills its buffer until the window is zero.
  public static let notReading = PeerBehaviour(bytesPerSecond: 0)
  /// Sends as fast as it can.
  public static let flood = PeerBehaviour(answer: .flood)
}

extension PeerBehaviour {
  /// The error in it, in one line.
  var problem: String? {
    if let rate = bytesPerSecond, rate < 0 || rate > Int(Int32.max) {
      return "bytesPerSecond is from 0 to \(Int32.max), not \(rate)"
    }
    if let stream, !(1...16_384).contains(stream.bytes) || stream.interval < .milliseconds(1) {
      return
        "a stream is of 1 to 16,384 bytes at least 1 ms apart, not \(stream.bytes) every \(stream.interval)"
    }
    return nil
  }
}
