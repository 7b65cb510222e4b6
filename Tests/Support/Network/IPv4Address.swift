import Glibc

/// An IPv4 address.
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
  private let octets: [UInt8]

  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    octets = [a, b, c, d]
  }

  public static let loopback = IPv4Address(127, 0, 0, 1)

  public var description: String {
    octets.map(String.init).joined(separator: ".")
  }

  /// The form that bind(2) and connect(2) take; port 0 lets the kernel choose.
  func socketAddress(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = octets.reduce(0) { $0 << 8 | UInt32($1) }.bigEndian
    return address
  }
}
