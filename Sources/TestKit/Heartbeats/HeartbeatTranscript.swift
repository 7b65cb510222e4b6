/// What a peer says to one conversation of a heartbeat protocol, as the author of the protocol knows it.
///
///     HeartbeatTranscript("a version", [.ping, .peer("VERSION 1.6.38\r\n")], pongs: 1)
///
/// Its steps come in order. The bytes of a step arrive in pieces of any size.
public struct HeartbeatTranscript: Sendable {
  /// One step of a conversation.
  @nonexhaustive
  public enum Step: Sendable {
    /// The conversation pings. It is an error of the conversation if it does not.
    case ping
    /// The peer sends these bytes.
    case peer([UInt8])
    /// The peer answers what the conversation has sent since the peer's last answer: the opening, pings and replies.
    case answer(@Sendable ([UInt8]) -> [UInt8])
  }

  /// The name in stories.
  public var name: String
  /// The steps, in order.
  public var steps: [Step]
  /// The pongs that the conversation must count; `nil` if the author does not say.
  public var pongs: Int?

  /// - Parameters:
  ///   - name: the name in stories.
  ///   - steps: the steps, in order.
  ///   - pongs: the pongs that the conversation must count; `nil` if you do not say.
  public init(_ name: String, _ steps: [Step], pongs: Int? = nil) {
    self.name = name
    self.steps = steps
    self.pongs = pongs
  }

  /// Bytes that a peer sends, after a ping if the protocol can ping before it has heard anything.
  ///
  /// - Parameters:
  ///   - name: the name in stories.
  ///   - bytes: the bytes of the peer, such as a recording has them.
  public init(_ name: String, bytes: [UInt8]) {
    self.init(name, [.peer(bytes)])
    isRecording = true
  }

  /// Whether pings are sent wherever the conversation is ready, before the bytes of a step.
  var isRecording = false
}

extension HeartbeatTranscript.Step {
  /// The peer sends this text.
  public static func peer(_ text: String) -> Self { .peer(Array(text.utf8)) }
}
