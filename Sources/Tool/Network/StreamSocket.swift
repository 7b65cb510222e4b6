import Flatline
import Glibc

/// A TCP socket of ours; closed when this value goes.
struct StreamSocket: ~Copyable {
  let descriptor: CInt

  /// A new socket, non-blocking and closed on exec.
  init(family: CInt) throws(Errno) {
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw .current }
    self.descriptor = descriptor
  }

  /// Accepts a connection from a listener; `nil` when none waits.
  init?(acceptedBy listener: borrowing StreamSocket) throws(Errno) {
    let descriptor = accept(listener.descriptor, nil, nil)
    guard descriptor >= 0 else {
      switch errno {
      // accept(2) also reports the errors of a connection that died in the queue; they are not ours.
      case EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
        ENETUNREACH, EPERM:
        return nil
      default: throw .current
      }
    }
    self.descriptor = descriptor
    // On a socket just accepted these cannot fail.
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit {
    close(descriptor)
  }

  /// Sends small writes at once: a ping must not wait for the answer to the previous one (RFC 9293, 3.7.4).
  borrowing func sendWithoutDelay() {
    setOption(CInt(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  /// Makes the close send RST in place of FIN.
  borrowing func resetOnClose() {
    var value = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
  }

  /// Lets a listener take a port that old connections still hold.
  borrowing func reuseAddress() {
    setOption(SOL_SOCKET, SO_REUSEADDR, 1)
  }

  /// Takes the socket's pending error.
  borrowing func takeError() -> Errno? {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &size)
    return value == 0 ? nil : Errno(rawValue: value)
  }

  /// These options exist on every TCP socket; an option that cannot be set costs only time.
  private borrowing func setOption(_ level: CInt, _ name: CInt, _ value: CInt) {
    var value = value
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
  }
}

extension Errno {
  /// The calling thread's last error.
  static var current: Errno { Errno(rawValue: errno) }
}
