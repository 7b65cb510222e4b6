/// The numbers of rtnetlink(7) that the lab's requests use (linux/rtnetlink.h).
extension NetlinkRequester {
  enum Request {
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let newRoute: UInt16 = 24
    static let deleteRoute: UInt16 = 25
    static let getRoute: UInt16 = 26
    static let newRule: UInt16 = 32
    static let deleteRule: UInt16 = 33
    static let newNexthop: UInt16 = 104
    static let deleteNexthop: UInt16 = 105
  }

  enum RouteAttribute {
    static let destination: UInt16 = 1
    static let source: UInt16 = 2
    static let interface: UInt16 = 4
    static let gateway: UInt16 = 5
    static let multipath: UInt16 = 9
    static let nexthop: UInt16 = 30
  }

  /// RT_TABLE_MAIN.
  static let mainTable: UInt8 = 254
}
