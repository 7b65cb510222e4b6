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

  init(_ endpoints: SocketEndpoints) {
    remote = endpoints.remote.address
    local = endpoints.local.address
    interface = endpoints.boundInterface == 0 ? endpoints.remote.scope : endpoints.boundInterface
    mark = endpoints.mark
  }
}

/// The kernel's answer to where a packet would go now.
enum RouteAnswer: Hashable, Sendable {
  /// Out by this interface; `isLocal` for an address of our own.
  case through(interface: UInt32, isLocal: Bool)
  /// Nowhere: there is no route, it forbids the packet, or the source address is not ours.
  case none
  /// The kernel did not say.
  case unknown
}

/// An interface as the kernel reports it now.
enum LinkStatus: Hashable, Sendable {
  case up
  case noCarrier
  /// Taken down, or there is no such interface.
  case down
  /// The kernel did not say.
  case unknown
}
