public import FlatlineCore
import FlatlineNetlink

/// Asks the kernel about TCP sockets without having their descriptors (sock_diag(7)): those of other processes,
/// or many of one's own at once. Needs no privilege. For one thread at a time.
public final class SocketDiag {
  private let socket: NetlinkSocket

  /// - Parameter opening: where the netlink socket comes from; it sees the sockets of its network namespace.
  /// - Throws: `Errno` where the process may not have such sockets.
  public init(_ opening: NetlinkOpening = .own) throws(Errno) {
    socket = try NetlinkSocket(DiagMessages.protocolNumber, opening: opening)
  }

  /// All TCP connections of the namespace, IPv4 and IPv6, listeners excepted. About a microsecond each.
  public func connections() throws(Errno) -> [DiagEntry] {
    var found: [DiagEntry] = []
    for isIPv6 in [false, true] {
      try dump(DiagMessages.Filter(isIPv6: isIPv6)) { message in
        if let entry = DiagMessages.entry(message) { found.append(entry) }
      }
    }
    return found
  }

  /// One connection as it is now; `nil` when there is no such socket (any more).
  ///
  /// - Parameters:
  ///   - endpoints: both ends, as its owner sees them.
  ///   - cookie: which socket it must be; `nil` for whichever has these ends.
  public func connection(_ endpoints: SocketEndpoints, cookie: UInt64? = nil) throws(Errno) -> DiagEntry? {
    // A connection over IPv4 may belong to a socket of either family; the kernel finds both by IPv4.
    try entry(endpoints, cookie: cookie, isIPv6Socket: endpoints.local.address.family == .ipv6)
  }

  func entry(
    _ endpoints: SocketEndpoints, cookie: UInt64?, isIPv6Socket: Bool
  ) throws(Errno) -> DiagEntry? {
    var found: DiagEntry?
    let request = DiagMessages.request(
      for: endpoints, isIPv6Socket: isIPv6Socket, cookie: cookie, sequence: socket.nextSequence())
    do {
      try socket.exchange(request) { found = DiagMessages.entry($0) }
    } catch {
      // Another socket has these ends by now: ours is gone.
      guard error == .noSuchFileOrDirectory || error == .staleNFSFileHandle else { throw error }
      return nil
    }
    return found
  }

  /// TCP_INFO of established connections by their cookies, in one go.
  ///
  /// - Parameters:
  ///   - readings: takes the place of what it holds; its room is used again.
  ///   - localPort: only connections from this port; zero for any.
  ///   - remotePort: only connections to this port; zero for any.
  public func read(
    into readings: inout [UInt64: TCPInfo], localPort: UInt16 = 0, remotePort: UInt16 = 0
  ) throws(Errno) {
    readings.removeAll(keepingCapacity: true)
    for isIPv6 in [false, true] {
      let filter = DiagMessages.Filter(
        isIPv6: isIPv6, states: DiagMessages.established, localPort: localPort, remotePort: remotePort)
      _ = try read(filter, upTo: .max) { readings[$0] = $1 }
    }
  }

  /// Passes on TCP_INFO of each socket that passes the filter, and returns the number of sockets. Beyond the limit it
  /// gives up. Then this value can ask nothing more: the rest of the dump stands in the way.
  func read(
    _ filter: DiagMessages.Filter, upTo limit: Int, _ body: (_ cookie: UInt64, TCPInfo) -> Void
  ) throws(Errno) -> Int {
    var count = 0
    let request = DiagMessages.dumpRequest(filter, sequence: socket.nextSequence())
    try socket.exchange(request) { message in
      count += 1
      guard let cookie = DiagMessages.cookie(message), let info = DiagMessages.info(message) else { return }
      body(cookie, info)
    } until: {
      count > limit
    }
    return count
  }

  private func dump(_ filter: DiagMessages.Filter, _ body: (NetlinkMessage) -> Void) throws(Errno) {
    try socket.exchange(DiagMessages.dumpRequest(filter, sequence: socket.nextSequence()), body)
  }
}
