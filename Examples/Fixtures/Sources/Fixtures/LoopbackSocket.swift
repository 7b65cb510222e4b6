import Glibc

/// TCP sockets on 127.0.0.1. Descriptors are the caller's to close.
public enum LoopbackSocket {
  /// A listener. Port 0 lets the kernel choose; see ``port(of:)``.
  public static func listen(port: UInt16 = 0) throws(SystemCallFailure) -> CInt {
    let descriptor = try make()
    var yes: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    do throws(SystemCallFailure) {
      try call("bind", bind, descriptor, port)
      try SystemCallFailure.check("listen", Glibc.listen(descriptor, 4096))
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// A blocking connection to a port.
  public static func connect(to port: UInt16) throws(SystemCallFailure) -> CInt {
    let descriptor = try make()
    do throws(SystemCallFailure) {
      try call("connect", Glibc.connect, descriptor, port)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Waits for one connection.
  public static func accept(on listener: CInt) throws(SystemCallFailure) -> CInt {
    let descriptor = try SystemCallFailure.check("accept", Glibc.accept(listener, nil, nil))
    // accept4, which would do this in one step, is not to be seen from Swift.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }

  /// The port a socket is bound to.
  public static func port(of descriptor: CInt) throws(SystemCallFailure) -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    try SystemCallFailure.check("getsockname", result)
    return UInt16(bigEndian: address.sin_port)
  }

  /// A port that was free a moment ago, for servers that take no 0. Below the range that the kernel gives to
  /// outgoing connections, so that none of those takes it meanwhile.
  public static func freePort() throws(SystemCallFailure) -> UInt16 {
    for _ in 0..<100 {
      let port = UInt16.random(in: 20_000..<32_000)
      if let listener = try? listen(port: port) {
        close(listener)
        return port
      }
    }
    throw SystemCallFailure(call: "bind", code: EADDRINUSE)
  }

  private static func call(
    _ name: String, _ function: (CInt, UnsafePointer<sockaddr>?, socklen_t) -> CInt, _ descriptor: CInt,
    _ port: UInt16
  ) throws(SystemCallFailure) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try SystemCallFailure.check(name, result)
  }

  private static func make() throws(SystemCallFailure) -> CInt {
    try SystemCallFailure.check(
      "socket", socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
  }
}
