import CFlatline

/// Whether an idle connection may carry another request, asked of the kernel alone: no round trip, no monitor. For a
/// pool, at checkout.
///
///     switch Flatline.isReusable(socket) {
///     case .reusable: send(request)
///     case .unusable(let reason): close(socket)
///     }
///
/// It costs one TCP_INFO and one SIOCINQ (tcp(7)), one or two microseconds. Nothing is consumed: bytes stay to be read, and
/// a pending error stays for the app's next call, unlike after `recv` with MSG_PEEK.
///
/// It finds what the kernel has learned: a FIN, a RST, unasked bytes, silence on data in flight, a connection to itself.
/// A peer that vanished without a word while nothing was in flight is found by a ``Monitor``.
///
/// - Parameter socket: a descriptor; it stays the caller's. Call it on a connection without a request under way.
/// - Returns: the verdict, with the reason.
public func isReusable(_ socket: CInt) -> Reusability {
  let access = LiveSocketAccess()
  let info: TCPInfo
  do {
    info = try access.tcpInfo(socket)
  } catch {
    return .unusable(error == .badFileDescriptor ? .notOpen : .notTCP)
  }
  if let reason = Reusability.reason(info, cause: { causeOfError(socket, info, access) }) {
    return .unusable(reason)
  }
  if Reusability.mayBeItself(info), flatline_is_connected_to_itself(socket) == 1 {
    return .unusable(.connectedToItself)
  }
  if let unread = try? access.unreadBytes(socket), unread > 0 { return .unusable(.unread) }
  return .reusable
}

/// The cause of the end, if an error is pending. SO_ERROR would take it.
private func causeOfError(_ socket: CInt, _ info: TCPInfo, _ access: LiveSocketAccess) -> Cause? {
  guard Readiness.pending([], of: socket).contains(.error) else { return nil }
  return ConnectionEnd(info, hasError: true, baseline: nil, of: socket, by: access, at: .now())?.cause
}
