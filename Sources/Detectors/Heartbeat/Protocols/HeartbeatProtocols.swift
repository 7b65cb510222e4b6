public import FlatlineExplaining

/// The heartbeat protocols that a program speaks, by name.
public struct HeartbeatProtocols: Sendable {
  private typealias Make = @Sendable (HeartbeatTarget) -> any HeartbeatProtocol

  /// Every name that ``make(_:target:)`` knows, in the order in which they were registered.
  public private(set) var names: [String] = []
  private var makers: [String: Make] = [:]
  private var leastIntervals: [String: LeastPingInterval] = [:]

  /// No protocols.
  public init() {}

  /// The protocols of this module.
  public static var builtIn: HeartbeatProtocols {
    var protocols = HeartbeatProtocols()
    protocols.register(RedisHeartbeat.self) { _ in RedisHeartbeat() }
    protocols.register(MQTTHeartbeat.self) { MQTTHeartbeat(target: $0) }
    protocols.register(PostgreSQLHeartbeat.self) { PostgreSQLHeartbeat(target: $0) }
    protocols.register(WebSocketHeartbeat.self) { WebSocketHeartbeat(target: $0) }
    protocols.register(HTTPHeartbeat.self) { HTTPHeartbeat(target: $0) }
    protocols.register(EchoHeartbeat.self) { _ in EchoHeartbeat() }
    protocols.register(FramedHeartbeat.self) { _ in FramedHeartbeat() }
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
    leastIntervals[name] = nil
  }

  /// Adds a protocol by its own name, with the least interval that its servers bear; one of the same name is replaced.
  ///
  /// - Parameters:
  ///   - type: the type of its conversations.
  ///   - make: makes a fresh conversation with a peer.
  public mutating func register<Conversation: HeartbeatProtocol>(
    _ type: Conversation.Type, make: @escaping @Sendable (HeartbeatTarget) -> Conversation
  ) {
    register(type.name) { make($0) as any HeartbeatProtocol }
    leastIntervals[type.name] = type.leastInterval
  }

  /// The least interval between pings that the servers of this protocol bear; zero if none is known to mind.
  public func leastInterval(of name: String) -> LeastPingInterval {
    leastIntervals[name] ?? LeastPingInterval(.zero, consequence: "unknown", rule: "unknown")
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
