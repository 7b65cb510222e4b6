import FlatlineCore
import FlatlineNetlink

/// The rtnetlink messages that this module sends and reads (rtnetlink(7), include/uapi/linux/rtnetlink.h and
/// if_link.h).
enum RouteMessages {
  /// NETLINK_ROUTE.
  static let protocolNumber: CInt = 0
  /// RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE.
  static let changes: UInt32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400

  private enum Kind {
    static let newLink: UInt16 = 16
    static let getLink: UInt16 = 18
    static let newRoute: UInt16 = 24
    static let delRoute: UInt16 = 25
    static let getRoute: UInt16 = 26
    static let linksAndAddresses: ClosedRange<UInt16> = 16...21
  }

  /// Subject of a multicast message.
  enum Change: Hashable {
    case linkOrAddress
    case route
  }

  static func change(_ message: NetlinkMessage) -> Change? {
    switch message.type {
    case Kind.linksAndAddresses: .linkOrAddress
    case Kind.newRoute, Kind.delRoute: .route
    default: nil
    }
  }

  // MARK: Links

  static func linkRequest(_ interface: UInt32, sequence: UInt32) -> NetlinkRequest {
    var request = NetlinkRequest(type: Kind.getLink, sequence: sequence)
    // struct ifinfomsg: family, padding, type; index; flags; change.
    request.append(UInt32(0))
    request.append(interface)
    request.append(UInt64(0))
    // IFLA_EXT_MASK: RTEXT_FILTER_SKIP_STATS.
    request.attribute(29, 1 << 3)
    return request
  }

  /// The state of the interface; `nil` if the message does not say.
  static func link(_ message: NetlinkMessage) -> LinkStatus? {
    guard message.type == Kind.newLink, let flags = message.body.word(8) else { return nil }
    // IFF_UP. IFF_LOWER_UP is the carrier itself; IFF_RUNNING follows up to a second later.
    guard flags & 0x1 != 0 else { return .down }
    return flags & 0x10000 != 0 ? .up : .noCarrier
  }

  // MARK: Routes

  static func routeRequest(
    to remote: IPAddress, from local: IPAddress?, through interface: UInt32, mark: UInt32, sequence: UInt32
  ) -> NetlinkRequest {
    let target = remote.bytes
    let source = local?.bytes ?? []
    var request = NetlinkRequest(type: Kind.getRoute, sequence: sequence)
    // struct rtmsg: family, lengths in bits, TOS; table, protocol, scope, type; flags.
    request.append([
      remote.family.rawValue, UInt8(target.count * 8), UInt8(source.count * 8), 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ])
    request.attribute(1, target)  // RTA_DST
    if !source.isEmpty { request.attribute(2, source) }  // RTA_SRC
    if interface != 0 { request.attribute(4, interface) }  // RTA_OIF
    if mark != 0 { request.attribute(16, mark) }  // RTA_MARK
    return request
  }

  /// The route in a message; `nil` if the message holds none.
  static func route(_ message: NetlinkMessage) -> RouteAnswer? {
    guard message.type == Kind.newRoute, let type = message.body.byte(7) else { return nil }
    // RTN_UNICAST and RTN_LOCAL lead somewhere; blackhole, unreachable and prohibit do not.
    guard type == 1 || type == 2 else { return RouteAnswer.none }
    var interface: UInt32 = 0
    message.eachAttribute(after: 12) { attribute, value in
      if attribute == 4 { interface = value.word(0) ?? 0 }
    }
    return interface == 0 ? .unknown : .through(interface: interface, isLocal: type == 2)
  }
}
