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
  /// How fast it reads each connection: bytes a second, 0 for not at all, `nil` for as fast as they arrive.
  ///
  /// A slow reader reads its share ten times a second. A program that does not read lets the window close.
  public var bytesPerSecond: Int?

  /// From its parts, each described at its property.
  public init(answer: Answer = .nothing, bytesPerSecond: Int? = nil) {
    self.answer = answer
    self.bytesPerSecond = bytesPerSecond
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
