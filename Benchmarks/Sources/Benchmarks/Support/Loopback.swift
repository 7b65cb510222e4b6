import Glibc

/// TCP on 127.0.0.1.
enum Loopback {
  /// A listener on a port of the kernel's choice.
  static func listen() throws -> (descriptor: CInt, port: UInt16) {
    let descriptor = try open()
    var address = address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        guard bind(descriptor, raw, length) == 0, Glibc.listen(descriptor, 4096) == 0 else { return CInt(-1) }
        return getsockname(descriptor, raw, &length)
      }
    }
    guard result == 0 else { throw Failure.system("listen", errno) }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  /// A connected client. Closing it resets, so that no ports are left waiting from thousands of rounds.
  static func connect(port: UInt16) throws -> CInt {
    let descriptor = try open()
    var address = address(port: port)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure.system("connect", errno) }
    try resetAtClose(descriptor)
    return descriptor
  }

  static func accept(_ listener: CInt) throws -> CInt {
    let descriptor = Glibc.accept(listener, nil, nil)
    guard descriptor >= 0 else { throw Failure.system("accept", errno) }
    return descriptor
  }

  /// SO_LINGER of 0: `close` sends RST in place of FIN.
  static func resetAtClose(_ descriptor: CInt) throws {
    var setting = linger(l_onoff: 1, l_linger: 0)
    let length = socklen_t(MemoryLayout<linger>.size)
    guard setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, length) == 0 else {
      throw Failure.system("SO_LINGER", errno)
    }
  }

  private static func open() throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure.system("socket", errno) }
    return descriptor
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}
