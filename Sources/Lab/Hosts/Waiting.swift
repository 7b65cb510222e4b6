import CFlatlineLab
import FlatlineCore
import Glibc

/// Waiting on one descriptor, and by polling a condition.
enum Waiting {
  static func isReadable(_ descriptor: CInt, within timeout: Duration) -> Bool {
    let deadline = MonotonicTime.now() + timeout
    repeat {
      let rest = max(.zero, deadline - MonotonicTime.now())
      if flatline_lab_wait([descriptor], 1, rest.clampedNanoseconds) > 0 { return true }
    } while MonotonicTime.now() < deadline
    return false
  }

  /// Whether the handshake of a socket is over on its own side.
  static func isConnected(_ socket: CInt) -> Bool {
    var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLOUT | POLLERR | POLLHUP) == Int16(POLLOUT)
  }

  /// Checks every half millisecond whether a condition holds.
  static func until(
    _ event: String, within timeout: Duration, _ isSo: () throws(LabError) -> Bool
  ) throws(LabError) {
    let deadline = MonotonicTime.now() + timeout
    while try !isSo() {
      guard MonotonicTime.now() < deadline else { throw .timedOut(waitingFor: event) }
      usleep(500)
    }
  }
}
