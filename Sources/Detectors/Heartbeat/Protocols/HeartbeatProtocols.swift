/// The protocols this module speaks, by name.
public enum HeartbeatProtocols {
  /// Every name that ``make(_:target:)`` knows.
  public static let names: [String] = [
    RedisHeartbeat.name, MQTTHeartbeat.name, PostgreSQLHeartbeat.name, WebSocketHeartbeat.name,
    HTTPHeartbeat.name, EchoHeartbeat.name, FramedHeartbeat.name,
  ]

  /// A fresh conversation, or `nil` when the name is not one of ``names``.
  public static func make(_ name: String, target: HeartbeatTarget) -> (any HeartbeatProtocol)? {
    switch name {
    case RedisHeartbeat.name: RedisHeartbeat()
    case MQTTHeartbeat.name: MQTTHeartbeat(target: target)
    case PostgreSQLHeartbeat.name: PostgreSQLHeartbeat(target: target)
    case WebSocketHeartbeat.name: WebSocketHeartbeat(target: target)
    case HTTPHeartbeat.name: HTTPHeartbeat(target: target)
    case EchoHeartbeat.name: EchoHeartbeat()
    case FramedHeartbeat.name: FramedHeartbeat()
    default: nil
    }
  }
}
