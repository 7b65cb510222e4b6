import CFlatline
import Glibc

/// Real sockets, by system calls. Nothing is kept between two calls.
public final class LiveSocketAccess: SocketAccess, Sendable {
  /// Access to real sockets.
  public init() {}

  public func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo {
    var raw = flatline_tcp_reading()
    let code = flatline_get_tcp_info(descriptor, &raw)
    guard code == 0 else { throw Errno(rawValue: code) }
    return TCPInfo(raw)
  }

  public func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    try check(getsockopt(descriptor, option.level, option.name, &value, &length))
    return value
  }

  public func setOption(_ option: SocketOption, of descriptor: CInt, to value: CInt) throws(Errno) {
    var value = value
    let length = socklen_t(MemoryLayout<CInt>.size)
    try check(setsockopt(descriptor, option.level, option.name, &value, length))
  }

  public func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int {
    var count: CInt = 0
    let code = flatline_get_unread_bytes(descriptor, &count)
    guard code == 0 else { throw Errno(rawValue: code) }
    return Int(count)
  }

  public func unacknowledged(_ descriptor: CInt) throws(Errno) -> Int {
    var count: CInt = 0
    let code = flatline_get_unacknowledged(descriptor, &count)
    guard code == 0 else { throw Errno(rawValue: code) }
    return Int(count)
  }

  public func memory(_ descriptor: CInt) throws(Errno) -> SocketMemory {
    var memory = SocketMemory()
    let code = flatline_get_socket_memory(descriptor, &memory.receive, &memory.option)
    guard code == 0 else { throw Errno(rawValue: code) }
    return memory
  }

  public func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints {
    let local = try IPEndpoint(descriptor, getsockname)
    let remote = try IPEndpoint(descriptor, getpeername)
    // A kernel without one of these options does not apply it: zero is right.
    return SocketEndpoints(
      local: local, remote: remote,
      boundInterface: UInt32(bitPattern: (try? option(.boundInterface, of: descriptor)) ?? 0),
      mark: UInt32(bitPattern: (try? option(.mark, of: descriptor)) ?? 0),
      namespace: namespaceCookie(of: descriptor), user: owner(of: descriptor),
      typeOfService: remote.address.family == .ipv4
        ? UInt8(truncatingIfNeeded: (try? option(.typeOfService, of: descriptor)) ?? 0) : 0)
  }

  /// SO_COOKIE: the kernel's unique number of the socket. It distinguishes a reused descriptor from the old socket.
  public func cookie(_ descriptor: CInt) throws(Errno) -> UInt64 {
    var cookie: UInt64 = 0
    let code = flatline_get_socket_cookie(descriptor, &cookie)
    guard code == 0 else { throw Errno(rawValue: code) }
    return cookie
  }

  public var retransmissionRetries: Int? {
    let file = open("/proc/sys/net/ipv4/tcp_retries2", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 16)
    let count = Glibc.read(file, &text, text.count)
    guard count > 0 else { return nil }
    return Int(String(decoding: text[..<count].filter { $0 > 32 }, as: UTF8.self))
  }

  private func check(_ result: CInt) throws(Errno) {
    if result != 0 { throw Errno.last }
  }
}
