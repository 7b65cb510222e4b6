import Synchronization

/// Two hosts with a router between them, each in a namespace of its own. The router can do to their packets
/// what real networks do.
///
/// Every fault is in force when its call returns (5 to 20 ms). Faults add up until ``heal()``.
public final class TestNetwork: Sendable {
  public let client: NetworkNamespace
  public let router: NetworkNamespace
  public let server: NetworkNamespace

  public let clientAddress = NetworkLayout.client
  public let serverAddress = NetworkLayout.server
  /// The name of the client's one interface besides the loopback.
  public let clientInterface = NetworkLayout.uplink

  let rules = Mutex(PacketRules())

  /// Builds the network, healthy and warm: both ways are known to work when this returns (under 0.1 s).
  public init() throws {
    client = try NetworkNamespace(role: "c")
    router = try NetworkNamespace(role: "r")
    server = try NetworkNamespace(role: "s")
    try NetworkLayout.build(client: client, router: router, server: server)
    let address = serverAddress
    try client.run { try Sockets.warmUp(to: address) }
  }

  /// Deletes the namespaces by name. They are gone for good with this value and the last socket made in them.
  public func close() {
    client.close()
    router.close()
    server.close()
  }
}
