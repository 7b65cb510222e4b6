import Glibc

/// The names and addresses of a lab: the same in each lab, since labs share no network.
///
///     client: uplink 10.77.1.2 ── 10.77.1.1 :path: 10.77.2.1 ── 10.77.2.2 uplink :server
enum LabLayout {
  /// One host and its cable to the path.
  struct Site: Sendable {
    let name: String
    let network: Agent.Network
    let address: IPv4Address
    let gateway: IPv4Address
    /// Its own end of the cable, and the path's.
    var uplink: NetlinkRequester.CableEnd
    let farEnd: NetlinkRequester.CableEnd

    /// The same site with a cable of this kind.
    func with(_ cables: Lab.Cables) -> Site {
      var site = self
      if cables == .paced { site.uplink.index = farEnd.index }
      return site
    }
  }

  // An interface has another index than the cable's other end: then the kernel reports a carrier at once. With equal
  // indices the kernel takes the interface for a real card and reports one change a second, counted over all namespaces
  // of the machine: labs would wait for each other (net/core/link_watch.c, linkwatch_urgent_event).
  static let client = Site(
    name: "client", network: .client, address: IPv4Address(10, 77, 1, 2), gateway: IPv4Address(10, 77, 1, 1),
    uplink: .init(name: "uplink", index: 2, hardwareAddress: [2, 0, 0, 77, 1, 2]),
    farEnd: .init(name: "toclient", index: 12, hardwareAddress: [2, 0, 0, 77, 1, 1]))

  static let server = Site(
    name: "server", network: .server, address: IPv4Address(10, 77, 2, 2), gateway: IPv4Address(10, 77, 2, 1),
    uplink: .init(name: "uplink", index: 2, hardwareAddress: [2, 0, 0, 77, 2, 2]),
    farEnd: .init(name: "toserver", index: 13, hardwareAddress: [2, 0, 0, 77, 2, 1]))

  static let raw = CInt(SOCK_RAW.rawValue)
  static let stream = CInt(SOCK_STREAM.rawValue)
  static let datagram = CInt(SOCK_DGRAM.rawValue)

  /// The index of every network's loopback.
  static let loopback: Int32 = 1

  /// Makes the cables from the path to both hosts, plugged in at the path's end.
  /// - Returns: the path's netlink socket.
  static func build(_ agent: Agent, _ cables: Lab.Cables) throws(LabError) -> NetlinkRequester {
    let path = try NetlinkRequester(
      agent.makeSocket(in: .path, domain: AF_NETLINK, type: raw, protocol: 0))
    for site in [client.with(cables), server.with(cables)] {
      try agent.withNamespace(of: site.network) { namespace throws(LabError) in
        try path.makeCable(site.farEnd, site.uplink, in: namespace)
      }
      try path.setLink(site.farEnd.index, up: true)
    }
    return path
  }
}
