import FlatlineCore
import FlatlineNetlink

/// The rtnetlink messages that this module sends and reads (rtnetlink(7), include/uapi/linux/rtnetlink.h and
/// if_link.h).
enum RouteMessages {
  /// NETLINK_ROUTE.
  static let protocolNumber: CInt = 0
  /// RTNLGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE, _IPV6_IFADDR, _IPV6_ROUTE, _IPV6_RULE, _NEXTHOP: each the bit
  /// of its number less one.
  static let changes: UInt32 = [1, 5, 7, 8, 9, 11, 19, 32].reduce(0) { $0 | 1 << ($1 - 1) }

  private enum Kind {
    static let newLink: UInt16 = 16
    static let getLink: UInt16 = 18
    static let newRoute: UInt16 = 24
    static let delRoute: UInt16 = 25
    static let getRoute: UInt16 = 26
    static let links: ClosedRange<UInt16> = 16...17
    static let addresses: ClosedRange<UInt16> = 20...21
    static let rules: ClosedRange<UInt16> = 32...33
    static let newRule: UInt16 = 32
    static let getRule: UInt16 = 34
    static let nexthops: ClosedRange<UInt16> = 104...105
    static let nexthopBuckets: ClosedRange<UInt16> = 116...117
  }

  /// Subject of a multicast message.
  enum Change: Hashable {
    case link
    case address
    case route
    case rule
    case nexthop
  }

  static func change(_ message: NetlinkMessage) -> Change? {
    switch message.type {
    case Kind.links: .link
    case Kind.addresses: .address
    case Kind.newRoute, Kind.delRoute: .route
    case Kind.rules: .rule
    case Kind.nexthops, Kind.nexthopBuckets: .nexthop
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

  /// Asks for the way of a packet.
  ///
  /// - Parameters:
  ///   - key: the packet's properties.
  ///   - local: its source; `nil` for whatever the kernel would take.
  ///   - asEntry: asks for the entry of the table, with all its ways (RTM_F_FIB_MATCH, Linux 4.13 and later), not for the
  ///     way of this packet.
  ///   - sequence: the number of the request.
  static func routeRequest(
    _ key: RouteKey, from local: IPAddress?, asEntry: Bool, sequence: UInt32
  ) -> NetlinkRequest {
    var request = route(to: key.remote, from: local, typeOfService: key.typeOfService, asEntry, sequence)
    if key.interface != 0 { request.attribute(4, key.interface) }  // RTA_OIF
    if key.mark != 0 { request.attribute(16, key.mark) }  // RTA_MARK
    if let user = key.user { request.attribute(25, user) }  // RTA_UID
    // Linux 4.18 and later; older ones ignore them.
    request.attribute(27, [6])  // RTA_IP_PROTO: IPPROTO_TCP
    if let ports = key.ports {
      request.attribute(28, networkBytes(ports.local))  // RTA_SPORT
      request.attribute(29, networkBytes(ports.remote))  // RTA_DPORT
    }
    return request
  }

  /// Asks for the way to an address.
  static func routeRequest(to address: IPAddress, sequence: UInt32) -> NetlinkRequest {
    route(to: address, from: nil, typeOfService: 0, false, sequence)
  }

  private static func route(
    to remote: IPAddress, from local: IPAddress?, typeOfService: UInt8, _ asEntry: Bool, _ sequence: UInt32
  ) -> NetlinkRequest {
    let target = remote.bytes
    let source = local?.bytes ?? []
    var request = NetlinkRequest(type: Kind.getRoute, sequence: sequence)
    // struct rtmsg: family, lengths in bits, TOS; table, protocol, scope, type; flags.
    request.append([
      remote.family.rawValue, UInt8(target.count * 8), UInt8(source.count * 8), typeOfService, 0, 0, 0, 0,
    ])
    request.append(asEntry ? UInt32(0x2000) : 0)  // RTM_F_FIB_MATCH
    request.attribute(1, target)  // RTA_DST
    if !source.isEmpty { request.attribute(2, source) }  // RTA_SRC
    return request
  }

  private static func networkBytes(_ number: UInt16) -> [UInt8] {
    [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
  }

  /// The route in a message; `nil` if the message holds none.
  static func route(_ message: NetlinkMessage) -> RouteAnswer? {
    guard message.type == Kind.newRoute, let type = message.body.byte(7) else { return nil }
    // RTN_UNICAST and RTN_LOCAL lead somewhere; blackhole, unreachable and prohibit do not.
    guard type == 1 || type == 2 else { return RouteAnswer.none }
    var interface: UInt32 = 0
    var gateway: UInt32 = 0
    var isMultipath = false
    var isObject = false
    var ways = Digest()
    message.eachAttribute(after: 12) { attribute, value in
      switch attribute {
      case 4: interface = value.word(0) ?? 0  // RTA_OIF
      case 5, 18: gateway = Digest(value.copy).short  // RTA_GATEWAY, RTA_VIA
      case 9: isMultipath = true  // RTA_MULTIPATH
      case 30: isObject = true  // RTA_NH_ID
      case 15: break  // RTA_TABLE
      default: return
      }
      ways.add(value.copy)
    }
    if isMultipath { return .several(ways.value) }
    // The ways of a nexthop object are left out where the sysctl nexthop_compat_mode is 0.
    guard interface != 0 else { return isObject ? .several(nil) : .unknown }
    return .through(interface: interface, gateway: gateway, isLocal: type == 2)
  }

  // MARK: Rules

  static func rulesRequest(_ family: IPAddress.Family, sequence: UInt32) -> NetlinkRequest {
    var request = NetlinkRequest(type: Kind.getRule, flags: .dump, sequence: sequence)
    // struct fib_rule_hdr, of twelve bytes; all but the family are zero.
    request.append([family.rawValue] + [UInt8](repeating: 0, count: 11))
    return request
  }

  /// Whether a message is a rule that matches ports.
  static func matchesPorts(_ message: NetlinkMessage) -> Bool {
    guard message.type == Kind.newRule else { return false }
    var isMatching = false
    message.eachAttribute(after: 12) { attribute, _ in
      // FRA_SPORT_RANGE, FRA_DPORT_RANGE.
      if attribute == 23 || attribute == 24 { isMatching = true }
    }
    return isMatching
  }
}

/// A number that stands for bytes (FNV-1a).
private struct Digest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ bytes: [UInt8] = []) {
    add(bytes)
  }

  mutating func add(_ bytes: [UInt8]) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Never zero.
  var short: UInt32 { UInt32(truncatingIfNeeded: value ^ value >> 32) | 1 }
}
