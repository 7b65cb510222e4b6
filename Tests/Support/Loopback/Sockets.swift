import Glibc

/// Making sockets. All are closed on exec, so that no child keeps a connection open.
enum Sockets {
  private static let patience: Duration = .seconds(5)

  /// A TCP listener on a port of the kernel's choice.
  static func listen(on address: IPv4Address) throws(TestSupportError) -> (descriptor: CInt, port: UInt16) {
    let listener = try make(SOCK_STREAM)
    do throws(TestSupportError) {
      try bind(listener, to: address)
      _ = try SystemCalls.check("listen") { Glibc.listen(listener, 16) }
      return (listener, try port(of: listener))
    } catch {
      close(listener)
      throw error
    }
  }

  static func connect(to address: IPv4Address, port: UInt16) throws(TestSupportError) -> CInt {
    let socket = try make(SOCK_STREAM)
    do throws(TestSupportError) {
      // The time limit of a connect is that of a send.
      try setTimeout(SO_SNDTIMEO, of: socket, to: patience)
      try connect(socket, to: address, port: port)
      try setTimeout(SO_SNDTIMEO, of: socket, to: .zero)
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

  /// Sends a datagram to a port where nobody is and waits for the refusal: both ways work, and every hop has
  /// learnt its neighbours' addresses.
  static func warmUp(to address: IPv4Address) throws(TestSupportError) {
    let socket = try make(SOCK_DGRAM)
    defer { close(socket) }
    try connect(socket, to: address, port: 9)
    var byte: UInt8 = 0
    for _ in 0..<20 {
      send(socket, &byte, 1, CInt(MSG_NOSIGNAL))
      try setTimeout(SO_RCVTIMEO, of: socket, to: .milliseconds(250))
      if recv(socket, &byte, 1, 0) < 0, errno == ECONNREFUSED { return }
    }
    throw .timedOut(waitingFor: "the path to \(address)")
  }

  static func setOption(
    _ level: CInt, _ name: CInt, of socket: CInt, to value: CInt
  ) throws(TestSupportError) {
    var value = value
    _ = try SystemCalls.check("setsockopt(\(level), \(name))") {
      setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }
  }

  static func setCongestionControl(of socket: CInt, to algorithm: String) throws(TestSupportError) {
    _ = try SystemCalls.check("setsockopt(TCP_CONGESTION, \(algorithm))") {
      setsockopt(socket, CInt(IPPROTO_TCP), TCP_CONGESTION, algorithm, socklen_t(algorithm.utf8.count))
    }
  }

  private static func setTimeout(
    _ name: CInt, of socket: CInt, to timeout: Duration
  ) throws(TestSupportError) {
    let milliseconds = Int(timeout.wholeMilliseconds)
    var value = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    _ = try SystemCalls.check("setsockopt(timeout)") {
      setsockopt(socket, SOL_SOCKET, name, &value, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  private static func make(_ kind: __socket_type) throws(TestSupportError) -> CInt {
    let type = CInt(kind.rawValue | SOCK_CLOEXEC.rawValue)
    return try SystemCalls.check("socket") { socket(AF_INET, type, 0) }
  }

  private static func bind(_ socket: CInt, to address: IPv4Address) throws(TestSupportError) {
    var address = address.socketAddress(port: 0)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try SystemCalls.check("bind") {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(socket, $0, length) }
      }
    }
  }

  private static func connect(
    _ socket: CInt, to address: IPv4Address, port: UInt16
  ) throws(TestSupportError) {
    var address = address.socketAddress(port: port)
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
