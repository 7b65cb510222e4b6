/// The calls that read and set a socket. The monitor uses real sockets. A test can script one, so that a detector's
/// whole decision runs without a socket.
public protocol SocketAccess: AnyObject {
  /// Reads TCP_INFO without consuming anything.
  func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo
  /// Reads an integer option.
  func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt
  /// Sets an integer option.
  func setOption(_ option: SocketOption, of descriptor: CInt, to value: CInt) throws(Errno)
  /// Bytes received and not yet read by the owner (SIOCINQ).
  func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int
  /// Sequence numbers given to the kernel and not yet acknowledged: bytes, and a FIN as one (SIOCOUTQ, tcp(7)).
  func unacknowledged(_ descriptor: CInt) throws(Errno) -> Int
  /// The kernel's unique number of the socket (SO_COOKIE), never reused.
  func cookie(_ descriptor: CInt) throws(Errno) -> UInt64
  /// Both ends of the connection, and what the socket is bound to.
  func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints
  /// The retransmissions after which the kernel gives up unacknowledged data (net.ipv4.tcp_retries2, ip-sysctl); `nil`
  /// if it cannot be read.
  var retransmissionRetries: Int? { get }
}

extension SocketAccess {
  /// For a socket without SIOCOUTQ.
  public func unacknowledged(_ descriptor: CInt) throws(Errno) -> Int { throw .notSupportedOnSocket }

  /// For a test socket without a cookie.
  public func cookie(_ descriptor: CInt) throws(Errno) -> UInt64 { throw .notSupportedOnSocket }

  /// For a test socket: not known.
  public var retransmissionRetries: Int? { nil }

  /// For a test socket without addresses.
  public func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints { throw .notSupportedOnSocket }
}

/// An integer socket option by level and name (setsockopt(2), tcp(7), socket(7)).
public struct SocketOption: Hashable, Sendable, BitwiseCopyable {
  /// SOL_SOCKET, IPPROTO_TCP, …
  public let level: CInt
  /// SO_KEEPALIVE, TCP_USER_TIMEOUT, …
  public let name: CInt

  /// From its parts, each described at its property.
  public init(level: CInt, name: CInt) {
    self.level = level
    self.name = name
  }

  /// SO_MARK: a mark that routing rules may match (ip-rule(8)).
  public static let mark = SocketOption(level: 1, name: 36)
  /// SO_PROTOCOL: IPPROTO_TCP is 6, IPPROTO_MPTCP 262.
  public static let protocolNumber = SocketOption(level: 1, name: 38)
  /// SO_BINDTOIFINDEX: the interface a socket is bound to; 0 for none.
  public static let boundInterface = SocketOption(level: 1, name: 62)
  /// SO_KEEPALIVE: 0 or 1.
  public static let keepalive = SocketOption(level: 1, name: 9)
  /// TCP_KEEPIDLE: whole seconds of silence before the first probe.
  public static let keepaliveIdle = SocketOption(level: 6, name: 4)
  /// TCP_KEEPINTVL: whole seconds between probes.
  public static let keepaliveInterval = SocketOption(level: 6, name: 5)
  /// TCP_KEEPCNT: unanswered probes that end the connection, 1 to 127.
  public static let keepaliveCount = SocketOption(level: 6, name: 6)
  /// TCP_USER_TIMEOUT: milliseconds; 0 is the kernel's default.
  public static let userTimeout = SocketOption(level: 6, name: 18)
  /// TCP_THIN_LINEAR_TIMEOUTS: 0 or 1; a thin stream's first six time-outs are not doubled.
  public static let thinLinearTimeouts = SocketOption(level: 6, name: 16)
  /// TCP_RTO_MAX_MS: the longest gap between retransmissions, in milliseconds (Linux 6.15 and later).
  public static let retransmissionTimeoutLimit = SocketOption(level: 6, name: 44)
  /// IP_RECVERR: 0 or 1; ICMP errors are reported at once (ip(7)).
  public static let receivesErrors = SocketOption(level: 0, name: 11)
  /// IPV6_RECVERR: 0 or 1; the same for ICMPv6 (ipv6(7)).
  public static let receivesErrors6 = SocketOption(level: 41, name: 25)
}

extension SocketOption: CustomStringConvertible {
  /// The kernel's name of a known option: `SO_KEEPALIVE`. Level and name of any other: `6/44`.
  public var description: String { SocketOption.names[self] ?? "\(level)/\(name)" }

  private static let names: [SocketOption: String] = [
    .mark: "SO_MARK", .protocolNumber: "SO_PROTOCOL",
    .boundInterface: "SO_BINDTOIFINDEX",
    .keepalive: "SO_KEEPALIVE",
    .keepaliveIdle: "TCP_KEEPIDLE", .keepaliveInterval: "TCP_KEEPINTVL", .keepaliveCount: "TCP_KEEPCNT",
    .userTimeout: "TCP_USER_TIMEOUT", .thinLinearTimeouts: "TCP_THIN_LINEAR_TIMEOUTS",
    .retransmissionTimeoutLimit: "TCP_RTO_MAX_MS", .receivesErrors: "IP_RECVERR",
    .receivesErrors6: "IPV6_RECVERR",
  ]
}
