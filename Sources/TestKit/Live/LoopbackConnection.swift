import Glibc

/// There is no loopback connection for the trial of a detector.
public struct LoopbackError: Error, Hashable, Sendable {
  /// The call that failed.
  public let call: String
  /// Its errno.
  public let code: Int32
}

extension LoopbackError: CustomStringConvertible {
  public var description: String { "\(call): errno \(code)" }
}

/// Both ends of a TCP connection of this process with itself, over 127.0.0.1. They are closed when this value goes.
public final class LoopbackConnection {
  /// The watched end.
  public let near: CInt
  /// The peer's end.
  public let far: CInt
  private var farIsOpen = true

  /// Connects two sockets over 127.0.0.1.
  public init() throws(LoopbackError) {
    let listener = try Self.make()
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    try Self.withAddress(&address) { bind(listener, $0, $1) }.orThrow("bind")
    try listen(listener, 1).orThrow("listen")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }.orThrow("getsockname")
    near = try Self.make()
    let far: CInt
    do throws(LoopbackError) {
      try Self.withAddress(&address) { [near] in connect(near, $0, $1) }.orThrow("connect")
      far = try accept(listener, nil, nil).orThrow("accept")
    } catch {
      close(near)
      throw error
    }
    _ = fcntl(far, F_SETFD, FD_CLOEXEC)
    self.far = far
  }

  deinit {
    close(near)
    if farIsOpen { close(far) }
  }

  /// Sends a text from one end, and returns when it has arrived at the other end.
  public func send(_ text: String, from end: CInt) {
    Glibc.send(end, text, text.utf8.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    settle()
  }

  /// One end sends its FIN.
  public func finish(_ end: CInt) {
    shutdown(end, CInt(SHUT_WR))
    settle()
  }

  /// The far end sends a RST.
  public func reset(_ end: CInt) {
    guard end == far, farIsOpen else { return }
    var setting = linger(l_onoff: 1, l_linger: 0)
    setsockopt(far, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    farIsOpen = false
    close(far)
    settle()
  }

  /// The number of unread bytes that have arrived at one end.
  public func received(at end: CInt) -> Int {
    var count: CInt = 0
    return ioctl(end, UInt(FIONREAD), &count) == 0 ? Int(count) : -1
  }

  /// Reads the bytes that have arrived at one end.
  public func take(at end: CInt) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(end, &buffer, buffer.count, CInt(MSG_DONTWAIT))
    return Array(buffer.prefix(max(0, count)))
  }

  /// Whether one end still sends.
  func canSend(from end: CInt) -> Bool {
    Glibc.send(end, "x", 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)) == 1
  }

  /// SO_ERROR; the read clears it.
  func pendingError(of end: CInt) -> CInt {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(end, SOL_SOCKET, SO_ERROR, &value, &length)
    return value
  }

  /// A connection whose near end does not block (O_NONBLOCK), as most apps' sockets.
  static func nonblocking() throws(LoopbackError) -> LoopbackConnection {
    let connection = try LoopbackConnection()
    _ = fcntl(connection.near, F_SETFL, fcntl(connection.near, F_GETFL) | O_NONBLOCK)
    return connection
  }

  /// A connection whose near end blocks for at most 20 ms (SO_RCVTIMEO).
  static func impatient() throws(LoopbackError) -> LoopbackConnection {
    let connection = try LoopbackConnection()
    var patience = timeval(tv_sec: 0, tv_usec: 20_000)
    setsockopt(
      connection.near, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    return connection
  }

  /// The kernel handles loopback packets before the call that sends them returns, or right after.
  private func settle() { usleep(2000) }

  private static func make() throws(LoopbackError) -> CInt {
    try socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0).orThrow("socket")
  }

  private static func withAddress(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

extension CInt {
  @discardableResult
  fileprivate func orThrow(_ call: String) throws(LoopbackError) -> CInt {
    guard self >= 0 else { throw LoopbackError(call: call, code: errno) }
    return self
  }
}
