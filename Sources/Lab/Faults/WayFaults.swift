/// Faults of the way that the client's packets take out of its host. No link changes, or none that all flows use.
extension Fault {
  /// Those that end or cut a connection.
  static let wayFaults: [Fault] = [ruleLost, nexthopLost, vpnTakesRoute, ecmpUplink]
  /// Those that a live connection must survive.
  static let wayNonFaults: [Fault] = [wayMoves, ecmpOtherUplink]

  fileprivate static let table: UInt8 = 77
  private static let nexthop: UInt32 = 77
  fileprivate static let tunnel: Int32 = 41
  fileprivate static let second: Int32 = 23

  /// "rule-lost": the client's only route is in a table of its own, and the rule that leads there is removed.
  public static let ruleLost = Fault(
    "rule-lost", "the rule that leads to the client's only route is removed",
    preparation: { lab throws(LabError) in
      let client = lab.client
      try client.netlink.setRoute(
        to: nil, .gateway(client.gateway, over: client.interfaceIndex), table: table)
      try client.netlink.addRule(table: table)
      try client.removeRoute()
    },
    action: { lab, _ throws(LabError) in
      try lab.client.netlink.removeRule(table: table)
      return { () throws(LabError) in try lab.client.restoreNetwork() }
    })

  /// "nexthop-lost": the client's default route uses a nexthop object, and that is removed.
  public static let nexthopLost = Fault(
    "nexthop-lost", "the nexthop object of the client's default route is removed",
    preparation: { lab throws(LabError) in
      let client = lab.client
      try client.netlink.addNexthop(nexthop, via: client.gateway, over: client.interfaceIndex)
      try client.netlink.setRoute(to: nil, .nexthop(nexthop))
    },
    action: { lab, _ throws(LabError) in
      try lab.client.netlink.removeNexthop(nexthop)
      return { () throws(LabError) in try lab.client.restoreNetwork() }
    })

  /// "vpn-takes-route": a tunnel takes the client's route to the server, and nothing comes out at its other end. The
  /// connection's packets keep the source address of the old way.
  public static let vpnTakesRoute = Fault(
    "vpn-takes-route", "a tunnel takes the client's route to the server and swallows what it gets",
    preparation: { lab throws(LabError) in
      let client = lab.client
      try client.netlink.deleteLink(tunnel)
      let near = NetlinkRequester.CableEnd(
        name: "totunnel", index: tunnel + 1, hardwareAddress: [2, 0, 0, 77, 6, 1])
      let far = NetlinkRequester.CableEnd(
        name: "tunnel", index: tunnel, hardwareAddress: [2, 0, 0, 77, 6, 2])
      try client.agent.withNamespace(of: client.network) { namespace throws(LabError) in
        try client.farNetlink.makeCable(near, far, in: namespace)
      }
      try client.farNetlink.setLink(near.index, up: true)
      // Frames go to the sender's own hardware address: nobody takes them.
      try client.netlink.setMute(far.index)
      try Waiting.until("the tunnel", within: .seconds(3)) { () throws(LabError) in
        try client.isRunning(far.name)
      }
    },
    action: { lab, _ throws(LabError) in
      try lab.client.netlink.setRoute(to: lab.server.address, .interface(tunnel))
      return { () throws(LabError) in try lab.client.netlink.deleteLink(tunnel) }
    })

  /// "way-moves": the client's route to the server moves to a cable that leads there too.
  public static let wayMoves = Fault(
    "way-moves", "the client's route moves to another cable, which works", isFault: false,
    preparation: { lab throws(LabError) in
      try lab.client.netlink.deleteLink(second)
      try StraightCable.lay(
        lab.client.agent, from: lab.client, to: lab.server, name: "second", index: second,
        farIndex: second + 10)
    },
    action: { lab, _ throws(LabError) in
      try lab.client.netlink.setRoute(to: lab.server.address, .interface(second))
      return { () throws(LabError) in try lab.client.netlink.deleteLink(second) }
    })

  /// "ecmp-uplink": of two uplinks that share the client's flows, the one of these connections loses its carrier.
  public static let ecmpUplink = Fault(
    "ecmp-uplink", "of two uplinks that share the client's flows, theirs loses its carrier",
    cables: .shared
  ) { lab, _ throws(LabError) in
    try lab.uplinks?.pull(theirs: true)
    return { () throws(LabError) in try lab.uplinks?.plug() }
  }

  /// "ecmp-other-uplink": of two uplinks that share the client's flows, the one of other flows loses its carrier.
  public static let ecmpOtherUplink = Fault(
    "ecmp-other-uplink", "of two uplinks that share the client's flows, the other one loses its carrier",
    isFault: false, cables: .shared
  ) { lab, _ throws(LabError) in
    try lab.uplinks?.pull(theirs: false)
    return { () throws(LabError) in try lab.uplinks?.plug() }
  }
}

extension Lab {
  /// Undoes every fault of the client's way, as far as any is left.
  func healWays() throws(LabError) {
    try client.netlink.removeRule(table: Fault.table)
    for index in [Fault.tunnel, Fault.second] { try client.netlink.deleteLink(index) }
    try uplinks?.plug()
  }
}
