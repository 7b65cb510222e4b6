/// A connection that can be watched: what the monitor reads of it at the beginning.
struct WatchSubject {
  /// Negative for a connection without a descriptor.
  let descriptor: CInt
  /// SO_COOKIE; zero without a descriptor.
  let cookie: UInt64
  let info: TCPInfo
  /// `nil` if the kernel no longer reports them.
  let endpoints: SocketEndpoints?

  /// Reads a socket.
  ///
  /// - Throws: the reason why it cannot be watched.
  init(_ descriptor: CInt, by access: any SocketAccess) throws(WatchError) {
    self.descriptor = descriptor
    do { cookie = try access.cookie(descriptor) } catch {
      throw WatchSubject.unfit(descriptor, error, of: "SO_COOKIE", access)
    }
    do { info = try access.tcpInfo(descriptor) } catch {
      throw WatchSubject.unfit(descriptor, error, of: "TCP_INFO", access)
    }
    if let protocolNumber = try? access.option(.protocolNumber, of: descriptor),
      protocolNumber == multipathTCP
    {
      throw .unfit(descriptor: descriptor, reason: WatchError.multipathReason)
    }
    // A closed socket that never sent a segment was never connected. Any other has a connection end to report.
    let wasNeverConnected = info.state == .close && info.segmentsSent == 0
    guard info.state != .listen, info.state != .synSent, !wasNeverConnected else {
      throw .unfit(descriptor: descriptor, reason: "it is not connected (\(info.state))")
    }
    endpoints = try? access.endpoints(descriptor)
    try refuseItself()
  }

  /// Reads a connection without a descriptor.
  init(_ socket: any ForeignSocket) throws(WatchError) {
    descriptor = -1
    cookie = 0
    do { info = try socket.tcpInfo(-1) } catch { throw .system(error) }
    endpoints = try? socket.endpoints(-1)
    try refuseItself()
  }

  /// Both ends of a TCP connection may be one socket (RFC 9293, 3.5, simultaneous open): there is no peer.
  private func refuseItself() throws(WatchError) {
    guard let endpoints, endpoints.local == endpoints.remote else { return }
    let reason = "it is connected to itself (\(endpoints.local)): it has no peer"
    throw descriptor < 0 ? .unfitConnection(reason: reason) : .unfit(descriptor: descriptor, reason: reason)
  }

  private static func unfit(
    _ descriptor: CInt, _ error: Errno, of name: String, _ access: any SocketAccess
  ) -> WatchError {
    switch error {
    case .badFileDescriptor: return .unfit(descriptor: descriptor, reason: "it is not open")
    case .notSocket: return .unfit(descriptor: descriptor, reason: "it is not a socket")
    case .notSupportedOnSocket, .protocolNotAvailable, .notPermitted, .permissionDenied, .notImplemented:
      // A socket of another protocol has no such option.
      let found = try? access.option(.protocolNumber, of: descriptor)
      let isTCP = found.map { $0 == plainTCP || $0 == multipathTCP } ?? (name == "SO_COOKIE")
      let isForbidden = error != .notSupportedOnSocket && error != .protocolNotAvailable
      return .unfit(
        descriptor: descriptor,
        reason: isTCP || isForbidden
          ? "the kernel or a sandbox has no getsockopt(\(name)), which a watch needs: \(error)"
          : "it is not a TCP socket")
    default: return .system(error)
    }
  }
}

/// IPPROTO_TCP.
private let plainTCP: CInt = 6
/// IPPROTO_MPTCP.
private let multipathTCP: CInt = 262

extension WatchError {
  /// Why a connection of Multipath TCP (RFC 8684) is refused.
  package static let multipathReason =
    "it is MPTCP (SO_PROTOCOL 262): TCP_INFO shows one subflow, which may end while the connection lives"
}
