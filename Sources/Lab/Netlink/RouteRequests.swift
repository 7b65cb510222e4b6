/// Links, addresses and routes of one network: the requests of rtnetlink(7).
extension NetlinkSocket {
  private enum Request {
    static let newLink: UInt16 = 16
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let newRoute: UInt16 = 24
    static let deleteRoute: UInt16 = 25
  }

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
    var message = NetlinkMessage(type: Request.newLink, flags: NetlinkMessage.create)
    NetlinkSocket.appendLink(&message, near.index, flags: 0, change: 0)
    message.attribute(LinkAttribute.name, text: near.name)
    message.attribute(LinkAttribute.address, near.hardwareAddress)
    message.nest(LinkAttribute.info) { info in
      info.attribute(LinkAttribute.kind, text: "veth")
      info.nest(LinkAttribute.data) { data in
        data.nest(LinkAttribute.peer) { peer in
          NetlinkSocket.appendLink(&peer, far.index, flags: 0, change: 0)
          peer.attribute(LinkAttribute.name, text: far.name)
          peer.attribute(LinkAttribute.address, far.hardwareAddress)
          peer.attribute(LinkAttribute.networkDescriptor, UInt32(bitPattern: network))
        }
      }
    }
    try request(message, "making the cable to \(far.name)")
  }

  /// Turns an interface on or off (IFF_UP).
  func setLink(_ index: Int32, up: Bool) throws(LabError) {
    var message = NetlinkMessage(type: Request.newLink)
    NetlinkSocket.appendLink(&message, index, flags: up ? 1 : 0, change: 1)
    try request(message, "turning interface \(index) \(up ? "on" : "off")")
  }

  func addAddress(_ address: IPv4Address, to index: Int32) throws(LabError) {
    try request(
      addressMessage(Request.newAddress, NetlinkMessage.create, address, index), "adding \(address)/24")
  }

  func removeAddress(_ address: IPv4Address, from index: Int32) throws(LabError) {
    try request(addressMessage(Request.deleteAddress, 0, address, index), "removing \(address)/24")
  }

  func addDefaultRoute(via gateway: IPv4Address, over index: Int32) throws(LabError) {
    try request(
      routeMessage(Request.newRoute, NetlinkMessage.create, gateway, index), "adding the default route")
  }

  func removeDefaultRoute(via gateway: IPv4Address, over index: Int32) throws(LabError) {
    try request(routeMessage(Request.deleteRoute, 0, gateway, index), "removing the default route")
  }

  /// struct ifinfomsg.
  private static func appendLink(
    _ message: inout NetlinkMessage, _ index: Int32, flags: UInt32, change: UInt32
  ) {
    message.append(UInt32(0))  // family and type: any
    message.append(index)
    message.append(flags)
    message.append(change)
  }

  /// struct ifaddrmsg of a /24, with IFA_LOCAL and IFA_ADDRESS.
  private func addressMessage(
    _ type: UInt16, _ flags: UInt16, _ address: IPv4Address, _ index: Int32
  ) -> NetlinkMessage {
    var message = NetlinkMessage(type: type, flags: flags)
    for byte: UInt8 in [2, 24, 0, 0] { message.append(byte) }
    message.append(index)
    message.attribute(2, address.octets)
    message.attribute(1, address.octets)
    return message
  }

  /// struct rtmsg of the main table, with RTA_GATEWAY and RTA_OIF.
  private func routeMessage(
    _ type: UInt16, _ flags: UInt16, _ gateway: IPv4Address, _ index: Int32
  ) -> NetlinkMessage {
    var message = NetlinkMessage(type: type, flags: flags)
    // AF_INET, 0.0.0.0/0, RT_TABLE_MAIN, RTPROT_STATIC, RT_SCOPE_UNIVERSE, RTN_UNICAST
    for byte: UInt8 in [2, 0, 0, 0, 254, 4, 0, 1] { message.append(byte) }
    message.append(UInt32(0))
    message.attribute(5, gateway.octets)
    message.attribute(4, index)
    return message
  }
}
