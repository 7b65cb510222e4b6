import Glibc

/// Both ends of a TCP connection of this process with itself.
public final class Loopback: Sendable {
  public struct Failure: Error {
    public let call: String
    public let code: Int32
  }

  public let near: CInt
  public let far: CInt

  public init() throws {
    let listener = try Loopback.make()
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let near = try Loopback.make()
    try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        try Loopback.check("bind", bind(listener, address, length))
        try Loopback.check("listen", listen(listener, 1))
        try Loopback.check("getsockname", getsockname(listener, address, &length))
        try Loopback.check("connect", connect(near, address, length))
      }
    }
    self.near = near
    far = try Loopback.check("accept", accept(listener, nil, nil))
  }

  deinit {
    close(near)
    close(far)
  }

  /// The far end says something.
  public func farSends(_ text: String) {
    send(far, text, text.utf8.count, CInt(MSG_NOSIGNAL))
  }

  private static func make() throws(Failure) -> CInt {
    try check("socket", socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
  }

  @discardableResult
  private static func check(_ call: String, _ result: CInt) throws(Failure) -> CInt {
    guard result >= 0 else { throw Failure(call: call, code: errno) }
    return result
  }
}
