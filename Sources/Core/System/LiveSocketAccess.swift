import CFlatline
import Glibc

/// Real sockets. One reading serves every detector within a turn of the monitor; a test of a detector uses it to
/// lend it a socket without a monitor.
public final class LiveSocketAccess: SocketAccess {
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var cachedDescriptor: CInt = -1
  /// The reading of `cachedDescriptor`, if there is one.
  @exclusivity(unchecked) private(set) var reading = TCPInfo(state: .close)
  @exclusivity(unchecked) private var hasReading = false
  @exclusivity(unchecked) private var cachedUnread: Int?
  /// The socket that the descriptor must be before anything is set on it; `nil` if that is known.
  @exclusivity(unchecked) private var expectedCookie: UInt64?

  /// Nothing has been read yet.
  public init() {}

  /// Forgets what was read, at the start of each connection's turn.
  public func beginTurn() {
    hasReading = false
    cachedUnread = nil
    expectedCookie = nil
  }

  /// Takes a reading that was made without the descriptor.
  func take(_ info: TCPInfo, of descriptor: CInt, cookie: UInt64) {
    cachedDescriptor = descriptor
    reading = info
    hasReading = true
    expectedCookie = cookie
  }

  public func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo {
    if !hasReading || cachedDescriptor != descriptor {
      let code = read(descriptor)
      guard code == 0 else { throw Errno(rawValue: code) }
    }
    return reading
  }

  /// Reads TCP_INFO, and whether it finds the connection at rest.
  func finds(atRest descriptor: CInt) -> Bool { read(descriptor) == 0 && reading.isAtRest }

  /// Whether TCP_INFO was read in this turn, of a connection at rest.
  func hasFoundRest(_ descriptor: CInt) -> Bool {
    hasReading && cachedDescriptor == descriptor && reading.isAtRest
  }

  private func read(_ descriptor: CInt) -> CInt {
    var raw = flatline_tcp_info()
    let code = flatline_get_tcp_info(descriptor, &raw)
    guard code == 0 else { return code }
    reading = TCPInfo(raw)
    cachedDescriptor = descriptor
    hasReading = true
    return 0
  }

  public func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    try check(getsockopt(descriptor, option.level, option.name, &value, &length))
    return value
  }

  public func setOption(_ option: SocketOption, of descriptor: CInt, to value: CInt) throws(Errno) {
    if let expectedCookie {
      guard try cookie(descriptor) == expectedCookie else { throw .badDescriptor }
      self.expectedCookie = nil
    }
    var value = value
    let length = socklen_t(MemoryLayout<CInt>.size)
    try check(setsockopt(descriptor, option.level, option.name, &value, length))
  }

  public func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int {
    if let cachedUnread, cachedDescriptor == descriptor { return cachedUnread }
    var count: CInt = 0
    let code = flatline_get_unread_bytes(descriptor, &count)
    guard code == 0 else { throw Errno(rawValue: code) }
    cachedUnread = Int(count)
    return Int(count)
  }

  public func unacknowledged(_ descriptor: CInt) throws(Errno) -> Int {
    var count: CInt = 0
    let code = flatline_get_unacknowledged(descriptor, &count)
    guard code == 0 else { throw Errno(rawValue: code) }
    return Int(count)
  }

  public func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints {
    let local = try IPEndpoint(descriptor, getsockname)
    let remote = try IPEndpoint(descriptor, getpeername)
    // A kernel without one of these options has no such thing in force.
    return SocketEndpoints(
      local: local, remote: remote,
      boundInterface: UInt32(bitPattern: (try? option(.boundInterface, of: descriptor)) ?? 0),
      mark: UInt32(bitPattern: (try? option(.mark, of: descriptor)) ?? 0),
      namespace: namespaceCookie(of: descriptor))
  }

  /// The kernel's name for the socket behind a descriptor; it tells a recycled descriptor from the old socket.
  public func cookie(_ descriptor: CInt) throws(Errno) -> UInt64 {
    var cookie: UInt64 = 0
    let code = flatline_get_socket_cookie(descriptor, &cookie)
    guard code == 0 else { throw Errno(rawValue: code) }
    return cookie
  }

  private func check(_ result: CInt) throws(Errno) {
    if result != 0 { throw Errno.last }
  }
}
