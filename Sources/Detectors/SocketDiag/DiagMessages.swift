import FlatlineCore
import FlatlineNetlink

/// The messages of sock_diag(7) for TCP (include/uapi/linux/inet_diag.h).
enum DiagMessages {
  /// NETLINK_SOCK_DIAG.
  static let protocolNumber: CInt = 4
  /// SKNLGRP_INET_TCP_DESTROY and SKNLGRP_INET6_TCP_DESTROY, as bits: sockets that their owners closed.
  static let closings: UInt32 = 1 << 0 | 1 << 2

  /// SOCK_DIAG_BY_FAMILY.
  private static let byFamily: UInt16 = 20
  /// INET_DIAG_INFO, and the bit that asks for it.
  private static let infoAttribute: UInt16 = 2
  private static let infoBit: UInt8 = 1 << 1
  /// INET_DIAG_ULP_INFO, and in it INET_ULP_INFO_NAME.
  private static let upperLayerAttribute: UInt16 = 19
  private static let upperLayerName: UInt16 = 1
  /// Every state but LISTEN and NEW_SYN_RECV.
  static let connectedStates: UInt32 = 0xfff & ~(1 << 10) & ~1
  static let established: UInt32 = 1 << 1

  /// Filter that the kernel itself applies to a dump. Zero ports are any.
  struct Filter: Hashable, Sendable {
    var isIPv6 = false
    var states = DiagMessages.connectedStates
    var localPort: UInt16 = 0
    var remotePort: UInt16 = 0
    var withInfo = true
  }

  static func dumpRequest(_ filter: Filter, sequence: UInt32) -> NetlinkRequest {
    var request = NetlinkRequest(type: byFamily, flags: .dump, sequence: sequence)
    appendHeader(&request, isIPv6: filter.isIPv6, withInfo: filter.withInfo, states: filter.states)
    request.append(filter.localPort.bigEndian)
    request.append(filter.remotePort.bigEndian)
    // A dump ignores addresses, interface and cookie.
    request.append([UInt8](repeating: 0, count: 44))
    return request
  }

  /// Requests one socket. A cookie of `nil` is any.
  static func request(
    for endpoints: SocketEndpoints, isIPv6Socket: Bool, cookie: UInt64?, sequence: UInt32
  ) -> NetlinkRequest {
    var request = NetlinkRequest(type: byFamily, sequence: sequence)
    appendHeader(&request, isIPv6: isIPv6Socket, withInfo: true, states: connectedStates)
    request.append(endpoints.local.port.bigEndian)
    request.append(endpoints.remote.port.bigEndian)
    for end in [endpoints.local, endpoints.remote] { request.append(field(end.address, isIPv6Socket)) }
    request.append(endpoints.boundInterface)
    let cookie = cookie ?? .max
    request.append(UInt32(truncatingIfNeeded: cookie))
    request.append(UInt32(truncatingIfNeeded: cookie >> 32))
    return request
  }

  private static func appendHeader(
    _ request: inout NetlinkRequest, isIPv6: Bool, withInfo: Bool, states: UInt32
  ) {
    // struct inet_diag_req_v2: family, IPPROTO_TCP, extensions, padding; states.
    request.append([isIPv6 ? 10 : 2, 6, withInfo ? infoBit : 0, 0])
    request.append(states)
  }

  /// Sixteen bytes, an IPv4 address in the first four or, for a socket of AF_INET6, mapped.
  private static func field(_ address: IPAddress, _ isIPv6Socket: Bool) -> [UInt8] {
    let bytes = address.bytes
    if bytes.count == 16 { return bytes }
    return isIPv6Socket
      ? [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + bytes : bytes + [UInt8](repeating: 0, count: 12)
  }

  /// Bytes of struct inet_diag_msg.
  private static let entrySize = 72

  /// The kernel's name for the socket that a message is about; `nil` if it is about none.
  static func cookie(_ message: NetlinkMessage) -> UInt64? {
    guard message.type == byFamily, let low = message.body.word(44), let high = message.body.word(48) else {
      return nil
    }
    return UInt64(high) << 32 | UInt64(low)
  }

  /// The TCP_INFO in a message.
  static func info(_ message: NetlinkMessage) -> TCPInfo? {
    var info: TCPInfo?
    message.eachAttribute(after: entrySize) { type, value in
      if type == infoAttribute { info = value.withPointer { TCPInfo(kernelBytes: $0) } }
    }
    return info
  }

  /// Whether a message is about a subflow of Multipath TCP (RFC 8684).
  private static func isSubflow(_ message: NetlinkMessage) -> Bool {
    var isSubflow = false
    message.eachAttribute(after: entrySize) { type, value in
      guard type == upperLayerAttribute, value.half(2) == upperLayerName, let name = value.dropFirst(4) else {
        return
      }
      if name.copy.starts(with: "mptcp\0".utf8) { isSubflow = true }
    }
    return isSubflow
  }

  /// The socket that a message is about; `nil` if the message is cut off or about none.
  static func entry(_ message: NetlinkMessage) -> DiagEntry? {
    let body = message.body
    guard let cookie = cookie(message), let family = body.byte(0), let state = body.byte(1),
      let localPort = body.half(4), let remotePort = body.half(6), let interface = body.word(40),
      let unread = body.word(56), let unacknowledged = body.word(60), let user = body.word(64),
      let inode = body.word(68), let local = address(body, at: 8, family),
      let remote = address(body, at: 24, family)
    else { return nil }
    let endpoints = SocketEndpoints(
      local: IPEndpoint(local, port: UInt16(bigEndian: localPort)),
      remote: IPEndpoint(remote, port: UInt16(bigEndian: remotePort)), boundInterface: interface)
    return DiagEntry(
      endpoints: endpoints, state: TCPState(rawValue: state) ?? .established, cookie: cookie, inode: inode,
      user: user, unread: unread, unacknowledged: unacknowledged, info: info(message),
      isIPv6Socket: family == 10, isSubflow: isSubflow(message))
  }

  private static func address(_ body: NetlinkBytes, at offset: Int, _ family: UInt8) -> IPAddress? {
    switch family {
    case 2: body.part(offset..<offset + 4).flatMap { IPAddress(bytes: $0.copy) }
    case 10: body.part(offset..<offset + 16).flatMap { IPAddress(bytes: $0.copy) }
    default: nil
    }
  }
}
