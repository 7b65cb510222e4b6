import Glibc

/// An IPv4 address.
public struct IPv4Address: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// In host byte order: 10.0.0.1 is 0x0a000001.
  public let rawValue: UInt32

  /// From 32 bits; 127.0.0.1 is 0x7F00_0001.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// From its four bytes, in written order.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    rawValue = [a, b, c, d].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// 0.0.0.0: any address of the host (ip(7)).
  public static let any = IPv4Address(0, 0, 0, 0)
  /// 127.0.0.1.
  public static let loopback = IPv4Address(127, 0, 0, 1)

  public var description: String {
    octets.map(String.init).joined(separator: ".")
  }

  var octets: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
  }

  /// The form that bind(2) and connect(2) take; port 0 lets the kernel choose.
  func socketAddress(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = rawValue.bigEndian
    return address
  }
}
