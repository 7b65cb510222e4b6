import FlatlineCore

/// Connections with the same ``RouteKey``: their route and its fault. Pure.
struct RouteGroup: Sendable {
  /// The kernel's answers for one group, all asked at the same time.
  struct Reading: Hashable, Sendable {
    /// The way of a packet from the local to the remote address.
    var route: RouteAnswer
    /// Whether the local address is one of ours; `nil` if not known.
    var isSourceOurs: Bool?
    /// The interface of the route, or without one the interface last used.
    var link: LinkStatus
  }

  private(set) var key: RouteKey
  /// Connections in the group.
  var count = 0
  /// The interface that the packets were last seen to take; zero if there never was one.
  private(set) var interface: UInt32 = 0
  private(set) var trouble: LinkTrouble?
  /// The address was ours once. A proxy's may never be (IP_TRANSPARENT): an address that was not there cannot be lost.
  private(set) var hadSource = false
  /// The way at the first answer, when the connections began to be watched.
  private(set) var firstWay: Way?
  /// The last answers of the kernel.
  private(set) var last: Reading?

  init(_ key: RouteKey) {
    self.key = key
  }

  /// The group of one of its flows: with the same past, until the flow itself is asked about.
  func flow(_ ports: FlowPorts) -> RouteGroup {
    var group = self
    group.key = key.with(ports)
    group.count = 0
    group.last = nil
    return group
  }

  /// Whether its packets take another way than at first. A connection that begins now is no part of the change.
  var isElsewhere: Bool {
    guard let firstWay, let way = last?.route.way else { return false }
    return way != firstWay
  }

  /// Records the kernel's answers. True if the fault has changed.
  mutating func take(_ reading: Reading) -> Bool {
    let before = trouble
    if let way = reading.route.way {
      interface = way.interface
      if firstWay == nil { firstWay = way }
    }
    if reading.isSourceOurs == true { hadSource = true }
    last = reading
    trouble = judge(reading)
    return trouble != before
  }

  private func judge(_ reading: Reading) -> LinkTrouble? {
    // Taking an interface down takes its routes along, and IPv6 addresses too: the interface is the cause.
    switch reading.link {
    case .down where interface != 0: return LinkTrouble(.interfaceDown, interface: interface)
    case .noCarrier where interface != 0: return LinkTrouble(.carrierLost, interface: interface)
    default: break
    }
    if hadSource, reading.isSourceOurs == false { return LinkTrouble(.addressLost, interface: interface) }
    switch reading.route {
    case .through(_, let gateway, _):
      return isElsewhere ? LinkTrouble(.routeChanged, interface: interface, gateway: gateway) : nil
    // Only a route that was seen can be lost: some depend on properties that cannot be asked about.
    case .none: return interface == 0 ? nil : LinkTrouble(.routeLost, interface: interface)
    // No answer: a fault stands.
    case .several, .unknown: return trouble
    }
  }
}
