/// The way of a packet out of this host.
struct Way: Hashable, Sendable, BitwiseCopyable {
  /// The interface that it leaves by.
  let interface: UInt32
  /// A number made of the gateway's address; zero for a peer on the interface's own network.
  let gateway: UInt32
}

/// The kernel's answer to where a packet would go now.
enum RouteAnswer: Hashable, Sendable {
  /// Out by this interface; `isLocal` for an address of our own.
  case through(interface: UInt32, gateway: UInt32 = 0, isLocal: Bool)
  /// The route has several ways, and the kernel chooses one for each flow. The number stands for all of them, with
  /// their state; `nil` if the kernel does not list them.
  case several(UInt64?)
  /// Nowhere: there is no route, it forbids the packet, or the source address is not ours.
  case none
  /// The kernel did not say.
  case unknown

  var way: Way? {
    if case .through(let interface, let gateway, _) = self {
      Way(interface: interface, gateway: gateway)
    } else {
      nil
    }
  }
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
