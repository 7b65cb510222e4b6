import Glibc

/// How a monitor gets its netlink sockets (netlink(7)). A netlink socket belongs for good to the network namespace
/// it was opened in. A monitor that watches sockets of another namespace needs a netlink socket from there.
public struct NetlinkOpening: Sendable {
  private let body: @Sendable (_ protocolNumber: CInt) throws(Errno) -> CInt

  /// - Parameter body: opens a socket of AF_NETLINK, SOCK_RAW, close-on-exec, not bound, and gives it away: the
  ///   receiver closes it. It is passed the protocol, such as NETLINK_ROUTE. It is called on the thread that
  ///   calls `watch`.
  public init(_ body: @escaping @Sendable (_ protocolNumber: CInt) throws(Errno) -> CInt) {
    self.body = body
  }

  /// In the namespace of the calling thread.
  public static let own = NetlinkOpening { (number) throws(Errno) in
    let kind = CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_NETLINK, kind, number)
    guard descriptor >= 0 else { throw Errno.last }
    return descriptor
  }

  /// Opens a socket; the caller closes it.
  public func open(_ protocolNumber: CInt) throws(Errno) -> CInt { try body(protocolNumber) }
}
