/// The heartbeat protocols that a program speaks, by name.
public struct HeartbeatProtocols: Sendable {
  private typealias Make = @Sendable (HeartbeatTarget) -> any HeartbeatProtocol

  /// Every name that ``make(_:target:)`` knows, in the order in which they were registered.
  public private(set) var names: [String] = []
  private var makers: [String: Make] = [:]

  /// No protocols.
  public init() {}

  /// The protocols of this module.
  public static var builtIn: HeartbeatProtocols {
    var protocols = HeartbeatProtocols()
    protocols.register(RedisHeartbeat.name) { _ in RedisHeartbeat() }
    protocols.register(MQTTHeartbeat.name) { MQTTHeartbeat(target: $0) }
    protocols.register(PostgreSQLHeartbeat.name) { PostgreSQLHeartbeat(target: $0) }
    protocols.register(WebSocketHeartbeat.name) { WebSocketHeartbeat(target: $0) }
    protocols.register(HTTPHeartbeat.name) { HTTPHeartbeat(target: $0) }
    protocols.register(EchoHeartbeat.name) { _ in EchoHeartbeat() }
    protocols.register(FramedHeartbeat.name) { _ in FramedHeartbeat() }
    return protocols
  }

  /// Adds a protocol; one of the same name is replaced.
  ///
  /// - Parameters:
  ///   - name: the name used on the command line and in messages.
  ///   - make: makes a fresh conversation with a peer.
  public mutating func register(
    _ name: String, make: @escaping @Sendable (HeartbeatTarget) -> any HeartbeatProtocol
  ) {
    if makers.updateValue(make, forKey: name) == nil { names.append(name) }
  }

  /// A copy with one more protocol; one of the same name is replaced.
  public func registering(
    _ name: String, make: @escaping @Sendable (HeartbeatTarget) -> any HeartbeatProtocol
  ) -> HeartbeatProtocols {
    var copy = self
    copy.register(name, make: make)
    return copy
  }

  /// A fresh conversation, or `nil` when the name is not one of ``names``.
  public func make(_ name: String, target: HeartbeatTarget) -> (any HeartbeatProtocol)? {
    makers[name]?(target)
  }
}
