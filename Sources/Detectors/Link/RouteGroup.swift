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

  let key: RouteKey
  /// Connections in the group.
  var count = 0
  /// The interface that the packets were last seen to take; zero if there never was one.
  private(set) var interface: UInt32 = 0
  private(set) var trouble: LinkTrouble?
  /// The address was ours once. A proxy's may never be (IP_TRANSPARENT): an address that was not there cannot be lost.
  private(set) var hadSource = false

  init(_ key: RouteKey) {
    self.key = key
  }

  /// Records the kernel's answers. True if the fault has changed.
  mutating func take(_ reading: Reading) -> Bool {
    let before = trouble
    if case .through(let current, _) = reading.route { interface = current }
    if reading.isSourceOurs == true { hadSource = true }
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
    case .through: return nil
    // Some routes depend on properties that cannot be asked about (ports, users): only a route that was seen can be
    // lost.
    case .none: return interface == 0 ? nil : LinkTrouble(.routeLost, interface: interface)
    // No answer: a fault stands.
    case .unknown: return trouble
    }
  }
}
