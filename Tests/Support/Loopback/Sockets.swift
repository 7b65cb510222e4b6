import Glibc

/// Making TCP sockets on 127.0.0.1. All are closed on exec, so that no child keeps a connection open.
enum Sockets {
  private static let patience: Duration = .seconds(5)

  /// A TCP listener on a port of the kernel's choice.
  static func listen() throws(TestSupportError) -> (descriptor: CInt, port: UInt16) {
    let listener = try make()
    do throws(TestSupportError) {
      try bind(listener)
      _ = try SystemCalls.check("listen") { Glibc.listen(listener, 16) }
      return (listener, try port(of: listener))
    } catch {
      close(listener)
      throw error
    }
  }

  /// A TCP socket that is bound to a port of the kernel's choice.
  static func bound() throws(TestSupportError) -> (descriptor: CInt, port: UInt16) {
    let socket = try make()
    do throws(TestSupportError) {
      try bind(socket)
      return (socket, try port(of: socket))
    } catch {
      close(socket)
      throw error
    }
  }

  static func connect(to port: UInt16) throws(TestSupportError) -> CInt {
    let socket = try make()
    do throws(TestSupportError) {
      try connect(socket, to: port)
      return socket
    } catch {
      close(socket)
      throw error
    }
  }

  static func accept(from listener: CInt) throws(TestSupportError) -> CInt {
    guard try SystemCalls.poll([listener], timeout: patience) == [true] else {
      throw .timedOut(waitingFor: "a connection to accept")
    }
    let socket = try SystemCalls.check("accept") { Glibc.accept(listener, nil, nil) }
    _ = try SystemCalls.check("fcntl(F_SETFD)") { fcntl(socket, F_SETFD, FD_CLOEXEC) }
    return socket
  }

  static func setOption(
    _ level: CInt, _ name: CInt, of socket: CInt, to value: CInt
  ) throws(TestSupportError) {
    var value = value
    _ = try SystemCalls.check("setsockopt(\(level), \(name))") {
      setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }
  }

  private static func make() throws(TestSupportError) -> CInt {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    return try SystemCalls.check("socket") { socket(AF_INET, type, 0) }
  }

  /// 0 lets the kernel choose.
  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func bind(_ socket: CInt) throws(TestSupportError) {
    var address = address(port: 0)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try SystemCalls.check("bind") {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(socket, $0, length) }
      }
    }
  }

  static func connect(_ socket: CInt, to port: UInt16) throws(TestSupportError) {
    var address = address(port: port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try SystemCalls.check("connect") {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket, $0, length) }
      }
    }
  }

  private static func port(of socket: CInt) throws(TestSupportError) -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try SystemCalls.check("getsockname") {
      withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }
}
