import CFlatline
import Glibc

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
  var raw = flatline_tcp_reading()
  let code = flatline_get_tcp_info(socket, &raw)
  guard code == 0 else { return .unusable(code == EBADF ? .notOpen : .notTCP) }
  let info = TCPInfo(raw)
  if let reason = Reusability.reason(info, cause: { causeOfError(socket, info) }) { return .unusable(reason) }
  if Reusability.mayBeItself(info), flatline_is_connected_to_itself(socket) == 1 {
    return .unusable(.connectedToItself)
  }
  var unread: CInt = 0
  if flatline_get_unread_bytes(socket, &unread) == 0, unread > 0 { return .unusable(.unread) }
  return .reusable
}

/// The cause of the end, if an error is pending (poll(2), POLLERR). SO_ERROR would take it.
private func causeOfError(_ socket: CInt, _ info: TCPInfo) -> Cause? {
  var question = pollfd(fd: socket, events: 0, revents: 0)
  guard poll(&question, 1, 0) == 1, question.revents & Int16(POLLERR) != 0 else { return nil }
  return ConnectionEnd(
    info, hasError: true, baseline: nil, of: socket, by: LiveSocketAccess(), at: .now())?.cause
}
