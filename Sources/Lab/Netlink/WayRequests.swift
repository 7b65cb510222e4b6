import FlatlineCore
import FlatlineNetlink

/// Rules, nexthop objects and routes of several ways: more requests of rtnetlink(7).
extension NetlinkRequester {
  /// Where a route leads.
  enum Target {
    case gateway(IPv4Address, over: Int32)
    case interface(Int32)
    /// The flows are shared out over these interfaces.
    case interfaces([Int32])
    case nexthop(UInt32)
  }

  /// Turns an interface on that asks nobody for hardware addresses (IFF_NOARP).
  func setMute(_ index: Int32) throws(LabError) {
    try request(Request.newLink, "turning interface \(index) on without ARP") {
      NetlinkRequester.appendLink(&$0, index, flags: 0x81, change: 0x81)
    }
  }

  /// Removes an interface, and its cable's other end. Does nothing where there is none.
  func deleteLink(_ index: Int32) throws(LabError) {
    try unlessMissing { () throws(LabError) in
      try request(Request.deleteLink, "removing interface \(index)") {
        NetlinkRequester.appendLink(&$0, index, flags: 0, change: 0)
      }
    }
  }

  /// Makes a route, or replaces the one of the same destination.
  ///
  /// - Parameters:
  ///   - address: the only destination; `nil` for the default route.
  ///   - target: where it leads.
  ///   - table: of the route; the main one unless given.
  func setRoute(to address: IPv4Address?, _ target: Target, table: UInt8 = mainTable) throws(LabError) {
    // NLM_F_CREATE | NLM_F_REPLACE
    let flags = NetlinkRequest.Flags(rawValue: 0x500)
    try request(Request.newRoute, flags: flags, "making a route") { message in
      // AF_INET; RTPROT_STATIC; RT_SCOPE_UNIVERSE, or RT_SCOPE_LINK without a gateway; RTN_UNICAST
      let scope: UInt8 =
        switch target {
        case .gateway, .nexthop: 0
        case .interface, .interfaces: 253
        }
      message.append([2, address == nil ? 0 : 32, 0, 0, table, 4, scope, 1])
      message.append(UInt32(0))
      if let address { message.attribute(RouteAttribute.destination, address.octets) }
      switch target {
      case .gateway(let gateway, let index):
        message.attribute(RouteAttribute.gateway, gateway.octets)
        message.attribute(RouteAttribute.interface, UInt32(bitPattern: index))
      case .interface(let index):
        message.attribute(RouteAttribute.interface, UInt32(bitPattern: index))
      case .interfaces(let indices):
        message.nest(RouteAttribute.multipath) { ways in
          // struct rtnexthop: length, flags, weight less one, interface.
          for index in indices {
            ways.append(UInt16(8))
            ways.append(UInt16(0))
            ways.append(index)
          }
        }
      case .nexthop(let number): message.attribute(RouteAttribute.nexthop, number)
      }
    }
  }

  /// The interface that a packet leaves by now.
  func interface(to remote: IPv4Address, from local: IPv4Address) throws(LabError) -> Int32? {
    let answer = try answer(Request.getRoute, "asking for a route") { message in
      message.append([2, 32, 32, 0, 0, 0, 0, 0])
      message.append(UInt32(0))
      message.attribute(RouteAttribute.destination, remote.octets)
      message.attribute(RouteAttribute.source, local.octets)
    }
    return answer.withUnsafeBytes { bytes in
      var interface: Int32?
      let message = NetlinkMessage(type: Request.newRoute, sequence: 0, body: NetlinkBytes(bytes))
      message.eachAttribute(after: 12) { type, value in
        if type == RouteAttribute.interface { interface = value.word(0).map(Int32.init(bitPattern:)) }
      }
      return interface
    }
  }

  // MARK: Rules

  /// Adds a rule: look in this table first.
  func addRule(table: UInt8) throws(LabError) {
    try request(Request.newRule, flags: .create, "adding a rule") {
      NetlinkRequester.appendRule(&$0, table)
    }
  }

  /// Removes the rule. Does nothing where there is none.
  func removeRule(table: UInt8) throws(LabError) {
    try unlessMissing { () throws(LabError) in
      try request(Request.deleteRule, "removing a rule") { NetlinkRequester.appendRule(&$0, table) }
    }
  }

  /// struct fib_rule_hdr, with FRA_PRIORITY.
  private static func appendRule(_ message: inout NetlinkRequest, _ table: UInt8) {
    // AF_INET, no lengths, TOS; table, reserved, FR_ACT_TO_TBL; flags.
    message.append([2, 0, 0, 0, table, 0, 0, 1])
    message.append(UInt32(0))
    message.attribute(6, UInt32(100))
  }

  // MARK: Nexthop objects

  /// Makes a nexthop object (ip-nexthop(8)).
  func addNexthop(_ number: UInt32, via gateway: IPv4Address, over index: Int32) throws(LabError) {
    try request(Request.newNexthop, flags: .create, "adding a nexthop") { message in
      NetlinkRequester.appendNexthop(&message, number)
      message.attribute(5, UInt32(bitPattern: index))  // NHA_OIF
      message.attribute(6, gateway.octets)  // NHA_GATEWAY
    }
  }

  /// Removes a nexthop object, and with it the routes that use it. Does nothing where there is none.
  func removeNexthop(_ number: UInt32) throws(LabError) {
    try unlessMissing { () throws(LabError) in
      try request(Request.deleteNexthop, "removing a nexthop") {
        NetlinkRequester.appendNexthop(&$0, number, isNew: false)
      }
    }
  }

  /// struct nhmsg, with NHA_ID.
  private static func appendNexthop(_ message: inout NetlinkRequest, _ number: UInt32, isNew: Bool = true) {
    // AF_INET, scope, RTPROT_STATIC, reserved; flags. A removal names the object alone.
    message.append([isNew ? 2 : 0, 0, isNew ? 4 : 0, 0])
    message.append(UInt32(0))
    message.attribute(1, number)
  }

  private func unlessMissing(_ body: () throws(LabError) -> Void) throws(LabError) {
    do {
      try body()
    } catch .systemCall(_, let error)
      where [.noSuchFileOrDirectory, .operationNotSupportedByDevice].contains(error)
    {
      // It is gone already.
    }
  }
}
