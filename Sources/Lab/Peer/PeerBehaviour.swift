/// What the lab's server program does with its connections.
public struct PeerBehaviour: Sendable, Hashable {
  /// What it sends back.
  public enum Answer: Sendable, Hashable {
    /// Nothing.
    case nothing
    /// Every byte it read.
    case echo
    /// Every line end that it read and nothing else: an answer for each line.
    case lineEnds
    /// As many bytes as the connection takes, whatever it reads.
    case flood
  }

  /// What it sends back.
  public var answer: Answer
  /// How fast it reads each connection: bytes a second, 0 for not at all, `nil` for as fast as they come.
  ///
  /// A slow reader takes its share ten times a second. One that does not read lets the window close.
  public var bytesPerSecond: Int?

  /// From its parts, each described at its property.
  public init(answer: Answer = .nothing, bytesPerSecond: Int? = nil) {
    self.answer = answer
    self.bytesPerSecond = bytesPerSecond
  }

  /// Reads and forgets.
  public static let drain = PeerBehaviour()
  /// Sends every byte back.
  public static let echo = PeerBehaviour(answer: .echo)
  /// Does not read: what is sent fills its buffer until the window is zero.
  public static let notReading = PeerBehaviour(bytesPerSecond: 0)
  /// Sends as fast as it can.
  public static let flood = PeerBehaviour(answer: .flood)
}
