import FlatlineCore

/// Two cables from the client straight to the server, and a route over both at each end (ECMP, ip-route(8)). The kernel
/// shares flows out by their addresses: all connections of the lab take the same cable.
struct SharedUplinks {
  private static let names = ["left", "right"]
  private static let indices: [Int32] = [21, 22]
  private static let farIndices: [Int32] = [31, 32]

  private let client: Host
  private let server: Host

  /// Makes the cables and the route.
  init(_ agent: Agent, from client: Host, to server: Host) throws(LabError) {
    (self.client, self.server) = (client, server)
    for (number, name) in SharedUplinks.names.enumerated() {
      try StraightCable.lay(
        agent, from: client, to: server, name: name, index: SharedUplinks.indices[number],
        farIndex: SharedUplinks.farIndices[number])
    }
    try client.netlink.setRoute(to: server.address, .interfaces(SharedUplinks.indices))
    // The server's end of a cable that is pulled is turned off: its packets take the other one.
    try server.netlink.setRoute(to: client.address, .interfaces(SharedUplinks.farIndices))
  }

  /// Pulls the cable that the connections use, or the other one.
  func pull(theirs: Bool) throws(LabError) {
    let used = try client.netlink.interface(to: server.address, from: client.address)
    guard let place = SharedUplinks.indices.firstIndex(where: { ($0 == used) == theirs }) else {
      throw .invalid("the client's packets take neither of its shared uplinks")
    }
    try server.netlink.setLink(SharedUplinks.farIndices[place], up: false)
  }

  /// Plugs both in.
  func plug() throws(LabError) {
    for index in SharedUplinks.farIndices { try server.netlink.setLink(index, up: true) }
    for name in SharedUplinks.names {
      try Waiting.until("the carrier of \(name)", within: .seconds(3)) { () throws(LabError) in
        try client.isRunning(name)
      }
    }
  }
}

/// A cable from the client straight to the server, past the path. The server answers ARP on it for its address.
enum StraightCable {
  /// Makes it, plugged in.
  static func lay(
    _ agent: Agent, from client: Host, to server: Host, name: String, index: Int32, farIndex: Int32
  ) throws(LabError) {
    let number = UInt8(truncatingIfNeeded: index)
    let near = NetlinkRequester.CableEnd(name: name, index: index, hardwareAddress: [2, 0, 0, 77, 4, number])
    let far = NetlinkRequester.CableEnd(
      name: "to\(name)", index: farIndex, hardwareAddress: [2, 0, 0, 77, 5, number])
    try agent.withNamespace(of: server.network) { namespace throws(LabError) in
      try client.netlink.makeCable(near, far, in: namespace)
    }
    try server.netlink.setLink(farIndex, up: true)
    try client.netlink.setLink(index, up: true)
    try Waiting.until("the carrier of \(name)", within: .seconds(3)) { () throws(LabError) in
      try client.isRunning(name)
    }
  }
}
