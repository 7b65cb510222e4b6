import Glibc

/// An IPv4 or IPv6 address. An IPv4 address inside an IPv6 one (RFC 4291, 2.5.5.2) reads as the IPv4 address.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
  /// With the kernel's numbers.
  public enum Family: UInt8, Sendable, BitwiseCopyable {
    /// AF_INET.
    case ipv4 = 2
    /// AF_INET6.
    case ipv6 = 10
  }

  /// IPv4 or IPv6.
  public let family: Family
  private let high: UInt64
  private let low: UInt64

  /// From an address in network order: four bytes or sixteen; `nil` for any other count.
  public init?(bytes: some Collection<UInt8>) {
    switch bytes.count {
    case 4:
      self.init(.ipv4, high: 0, low: IPAddress.number(bytes))
    case 16:
      let high = IPAddress.number(bytes.prefix(8))
      let low = IPAddress.number(bytes.suffix(8))
      let isMapped = high == 0 && low >> 32 == 0xffff
      self.init(isMapped ? .ipv4 : .ipv6, high: high, low: isMapped ? low & 0xffff_ffff : low)
    default:
      return nil
    }
  }

  /// From its text, such as `10.0.0.7` or `fe80::1`; `nil` if it is none.
  public init?(_ text: String) {
    var room = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &room) == 1 {
      self.init(bytes: room.prefix(4))
    } else if inet_pton(AF_INET6, text, &room) == 1 {
      self.init(bytes: room)
    } else {
      return nil
    }
  }

  private init(_ family: Family, high: UInt64, low: UInt64) {
    self.family = family
    self.high = high
    self.low = low
  }

  private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// In network order: four bytes or sixteen.
  public var bytes: [UInt8] {
    let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
    return family == .ipv4 ? Array(all.suffix(4)) : all
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(CInt(family.rawValue), bytes, &text, socklen_t(text.count)) != nil else { return "?" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
