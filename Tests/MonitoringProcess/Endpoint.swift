import FlatlineCore
import Glibc

/// IPv4 sockets, as few calls as the two modes need.
enum Endpoint {
  struct Failure: Error {
    let call: String
    let error: Int32
  }

  static func connect(to address: String, port: UInt16) throws -> CInt {
    let descriptor = try make()
    try named(address, port) { pointer, length in
      try check("connect", Glibc.connect(descriptor, pointer, length))
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    return descriptor
  }

  /// A listener on every address, and its port.
  static func listen() throws -> (descriptor: CInt, port: UInt16) {
    let descriptor = try make()
    try named("0.0.0.0", 0) { pointer, length in
      try check("bind", bind(descriptor, pointer, length))
    }
    try check("listen", Glibc.listen(descriptor, 1024))
    return (descriptor, try port(of: descriptor))
  }

  /// The port of our end.
  static func port(of descriptor: CInt) throws -> UInt16 {
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    try check("getsockname", code)
    return UInt16(bigEndian: name.sin_port)
  }

  static func check(_ call: String, _ code: CInt) throws {
    if code < 0 { throw Failure(call: call, error: errno) }
  }

  private static func make() throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try check("socket", descriptor)
    return descriptor
  }

  private static func named(
    _ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
  ) throws {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &name.sin_addr)
    try withUnsafePointer(to: name) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
