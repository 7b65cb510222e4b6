import FlatlineNetlink

/// Links, addresses and routes of one network: the requests of rtnetlink(7).
extension NetlinkRequester {
  private enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let info: UInt16 = 18
    static let kind: UInt16 = 1
    static let data: UInt16 = 2
    static let networkDescriptor: UInt16 = 28
    /// VETH_INFO_PEER: the other end, written like a link of its own.
    static let peer: UInt16 = 1
  }

  /// One end of a cable.
  struct CableEnd {
    let name: String
    var index: Int32
    let hardwareAddress: [UInt8]
  }

  /// Makes a pair of interfaces with a cable between them: `near` here, `far` in the network behind a descriptor.
  func makeCable(_ near: CableEnd, _ far: CableEnd, in network: CInt) throws(LabError) {
    try request(Request.newLink, flags: .create, "making the cable to \(far.name)") { message in
      NetlinkRequester.appendLink(&message, near.index, flags: 0, change: 0)
      message.attribute(LinkAttribute.name, text: near.name)
      message.attribute(LinkAttribute.address, near.hardwareAddress)
      message.nest(LinkAttribute.info) { info in
        info.attribute(LinkAttribute.kind, text: "veth")
        info.nest(LinkAttribute.data) { data in
          data.nest(LinkAttribute.peer) { peer in
            NetlinkRequester.appendLink(&peer, far.index, flags: 0, change: 0)
            peer.attribute(LinkAttribute.name, text: far.name)
            peer.attribute(LinkAttribute.address, far.hardwareAddress)
            peer.attribute(LinkAttribute.networkDescriptor, UInt32(bitPattern: network))
          }
        }
      }
    }
  }

  /// Turns an interface on or off (IFF_UP).
  func setLink(_ index: Int32, up: Bool) throws(LabError) {
    try request(Request.newLink, "turning interface \(index) \(up ? "on" : "off")") {
      NetlinkRequester.appendLink(&$0, index, flags: up ? 1 : 0, change: 1)
    }
  }

  func addAddress(_ address: IPv4Address, to index: Int32) throws(LabError) {
    try request(Request.newAddress, flags: .create, "adding \(address)/24") {
      NetlinkRequester.appendAddress(&$0, address, index)
    }
  }

  func removeAddress(_ address: IPv4Address, from index: Int32) throws(LabError) {
    try request(Request.deleteAddress, "removing \(address)/24") {
      NetlinkRequester.appendAddress(&$0, address, index)
    }
  }

  func addDefaultRoute(via gateway: IPv4Address, over index: Int32) throws(LabError) {
    try request(Request.newRoute, flags: .create, "adding the default route") {
      NetlinkRequester.appendRoute(&$0, gateway, index)
    }
  }

  func removeDefaultRoute(via gateway: IPv4Address, over index: Int32) throws(LabError) {
    try request(Request.deleteRoute, "removing the default route") {
      NetlinkRequester.appendRoute(&$0, gateway, index)
    }
  }

  /// struct ifinfomsg.
  static func appendLink(
    _ message: inout NetlinkRequest, _ index: Int32, flags: UInt32, change: UInt32
  ) {
    message.append(UInt32(0))  // family and type: any
    message.append(index)
    message.append(flags)
    message.append(change)
  }

  /// struct ifaddrmsg of a /24, with IFA_LOCAL and IFA_ADDRESS.
  private static func appendAddress(
    _ message: inout NetlinkRequest, _ address: IPv4Address, _ index: Int32
  ) {
    message.append([2, 24, 0, 0])
    message.append(index)
    message.attribute(2, address.octets)
    message.attribute(1, address.octets)
  }

  /// struct rtmsg of the main table, with RTA_GATEWAY and RTA_OIF.
  private static func appendRoute(
    _ message: inout NetlinkRequest, _ gateway: IPv4Address, _ index: Int32
  ) {
    // AF_INET, 0.0.0.0/0, RT_TABLE_MAIN, RTPROT_STATIC, RT_SCOPE_UNIVERSE, RTN_UNICAST
    message.append([2, 0, 0, 0, mainTable, 4, 0, 1])
    message.append(UInt32(0))
    message.attribute(RouteAttribute.gateway, gateway.octets)
    message.attribute(RouteAttribute.interface, UInt32(bitPattern: index))
  }
}
