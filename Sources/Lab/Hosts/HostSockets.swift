import CFlatlineLab
import FlatlineCore
import Glibc

extension Host {
  /// Makes a socket as socket(2) does; SOCK_CLOEXEC is added.
  public func socket(domain: Int32, type: Int32, protocol number: Int32 = 0) throws(LabError) -> CInt {
    try agent.makeSocket(in: network, domain: domain, type: type, protocol: number)
  }

  /// A netlink socket of this host, such as one that reports changes of its links.
  ///
  /// - Parameters:
  ///   - family: the netlink family; 0 is NETLINK_ROUTE (netlink(7)).
  ///   - groups: the multicast groups to bind to, as a bit mask.
  public func netlinkSocket(family: Int32 = 0, groups: UInt32 = 0) throws(LabError) -> CInt {
    let made = try socket(domain: AF_NETLINK, type: LabLayout.raw, protocol: family)
    guard groups != 0 else { return made }
    let code = flatline_lab_join_groups(made, groups)
    guard code == 0 else {
      close(made)
      throw .systemCall("joining netlink groups", Errno(rawValue: -code))
    }
    return made
  }

  /// A TCP listener on all addresses of this host.
  ///
  /// - Parameters:
  ///   - port: 0 lets the kernel choose.
  ///   - backlog: as of listen(2).
  /// - Returns: the listener and its port.
  public func listen(
    port: UInt16 = 0, backlog: Int32 = 128
  ) throws(LabError) -> (descriptor: CInt, port: UInt16) {
    var listener = try socket(domain: AF_INET, type: LabLayout.stream)
    var on: CInt = 1
    var address = IPv4Address.any.socketAddress(port: port)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    listener = try keep(listener, "listening on port \(port) of the \(name)") {
      guard setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size)) == 0
      else { return -1 }
      return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          guard bind(listener, $0, length) == 0, Glibc.listen(listener, backlog) == 0 else { return -1 }
          return getsockname(listener, $0, &length)
        }
      }
    }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  /// A blocking TCP socket connected to `address`.
  ///
  /// - Parameters:
  ///   - address: such as the other host's.
  ///   - port: the TCP port.
  ///   - congestionControl: such as "cubic"; `nil` is the machine's default. Unknown ones fail with ENOENT.
  ///   - timeout: how long the handshake may take.
  public func connect(
    to address: IPv4Address, port: UInt16, congestionControl: String? = nil, timeout: Duration = .seconds(5)
  ) throws(LabError) -> CInt {
    let made = try socket(domain: AF_INET, type: LabLayout.stream)
    if let congestionControl {
      _ = try keep(made, "using the congestion control \"\(congestionControl)\"") {
        setsockopt(
          made, CInt(IPPROTO_TCP), TCP_CONGESTION, congestionControl, socklen_t(congestionControl.utf8.count))
      }
    }
    let milliseconds = CInt(clamping: timeout.clampedNanoseconds / 1_000_000)
    let code = flatline_lab_connect(made, address.rawValue, port, milliseconds)
    guard code == 0 else {
      close(made)
      throw .systemCall("connecting to \(address):\(port)", Errno(rawValue: -code))
    }
    return made
  }

  /// Destroys a TCP socket of this host as an administrator does (`ss --kill`; SOCK_DESTROY, sock_diag(7)): its owner
  /// gets ECONNABORTED, and the other end a RST.
  /// - Parameter descriptor: a connected TCP socket of this host, owned by any process.
  public func destroy(_ descriptor: CInt) throws(LabError) {
    var (local, remote) = (sockaddr_in(), sockaddr_in())
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &local) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    let other = withUnsafeMutablePointer(to: &remote) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
    }
    guard code == 0, other == 0 else { throw .systemCall("destroying socket \(descriptor)", .last) }
    try diagnosis().destroy(NetlinkRequester.SocketName(local, remote))
  }

  /// Destroys all TCP sockets of this host, listeners included.
  public func destroyAllSockets() throws(LabError) {
    let diagnosis = try diagnosis()
    for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
      for name in try diagnosis.listSockets(family: family) {
        do {
          try diagnosis.destroy(name, family: family)
        } catch .systemCall(_, .noSuchFileOrDirectory) {
          // The socket ended meanwhile.
        }
      }
    }
  }

  private func diagnosis() throws(LabError) -> NetlinkRequester {
    // NETLINK_SOCK_DIAG.
    try NetlinkRequester(netlinkSocket(family: 4))
  }

  /// Closes `descriptor` if `call` fails.
  private func keep(_ descriptor: CInt, _ what: String, _ call: () -> CInt) throws(LabError) -> CInt {
    guard call() == 0 else {
      let error = Errno.last
      close(descriptor)
      throw .systemCall(what, error)
    }
    return descriptor
  }
}
