import FlatlineCore

/// The properties that decide the route of a connection's packets, as far as the kernel can be asked. Connections with
/// equal keys share one question.
struct RouteKey: Hashable, Sendable {
  let remote: IPAddress
  let local: IPAddress
  /// The interface the packets must take, because the socket is bound to it or the address belongs to it; zero
  /// for none.
  let interface: UInt32
  let mark: UInt32
  /// The socket's user; `nil` if not known.
  let user: UInt32?
  /// IP_TOS without the two bits of ECN, which no rule matches.
  let typeOfService: UInt8
  /// Both ports, where the kernel chooses a way for each flow; `nil` where all flows take the same.
  private(set) var ports: FlowPorts?

  init(_ endpoints: SocketEndpoints) {
    remote = endpoints.remote.address
    local = endpoints.local.address
    interface = endpoints.boundInterface == 0 ? endpoints.remote.scope : endpoints.boundInterface
    mark = endpoints.mark
    user = endpoints.user
    typeOfService = endpoints.typeOfService & 0xfc
  }

  /// The key of one flow alone; with `nil`, of all flows between the same addresses.
  func with(_ ports: FlowPorts?) -> RouteKey {
    var key = self
    key.ports = ports
    return key
  }
}

/// The ports of a connection, in host byte order.
struct FlowPorts: Hashable, Sendable, BitwiseCopyable {
  let local: UInt16
  let remote: UInt16

  init(local: UInt16, remote: UInt16) {
    self.local = local
    self.remote = remote
  }

  init(_ endpoints: SocketEndpoints) {
    self.init(local: endpoints.local.port, remote: endpoints.remote.port)
  }
}
