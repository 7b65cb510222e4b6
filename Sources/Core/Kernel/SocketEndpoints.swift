import Glibc

/// An address and a port.
public struct IPEndpoint: Hashable, Sendable, BitwiseCopyable {
  /// IPv4 or IPv6.
  public var address: IPAddress
  /// In host byte order.
  public var port: UInt16
  /// The interface that a link-local IPv6 address belongs to (RFC 4007); zero for none.
  public var scope: UInt32

  /// From its parts, each described at its property.
  public init(_ address: IPAddress, port: UInt16, scope: UInt32 = 0) {
    self.address = address
    self.port = port
    self.scope = scope
  }
}

extension IPEndpoint: CustomStringConvertible {
  /// `10.0.0.7:80`, `[::1]:80`.
  public var description: String {
    address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}

/// Both ends of a connection, and the other inputs of the kernel's route lookup.
public struct SocketEndpoints: Hashable, Sendable, BitwiseCopyable {
  /// Our end.
  public var local: IPEndpoint
  /// The peer's end.
  public var remote: IPEndpoint
  /// The interface that the socket is bound to (SO_BINDTODEVICE); zero for none.
  public var boundInterface: UInt32
  /// SO_MARK; zero for none.
  public var mark: UInt32
  /// The network namespace of the socket (SO_NETNS_COOKIE); zero if not known.
  public var namespace: UInt64
  /// The user that the socket belongs to, which routing rules may match; `nil` if not known.
  public var user: UInt32?
  /// IP_TOS of an IPv4 connection, which routing rules may match; zero for none.
  public var typeOfService: UInt8

  /// From its parts, each described at its property.
  public init(
    local: IPEndpoint, remote: IPEndpoint, boundInterface: UInt32 = 0, mark: UInt32 = 0,
    namespace: UInt64 = 0,
    user: UInt32? = nil, typeOfService: UInt8 = 0
  ) {
    self.local = local
    self.remote = remote
    self.boundInterface = boundInterface
    self.mark = mark
    self.namespace = namespace
    self.user = user
    self.typeOfService = typeOfService
  }
}

extension IPEndpoint {
  /// The result of `getsockname` or `getpeername` on a descriptor.
  init(_ descriptor: CInt, _ call: SocketNameCall) throws(Errno) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &length) }
    }
    guard code == 0 else { throw Errno.last }
    // sockaddr_in (ip(7)) and sockaddr_in6 (ipv6(7)): port at 2, address at 4 or 8, scope at 24.
    let raw = withUnsafeBytes(of: &storage) { Array($0.prefix(28)) }
    let port = UInt16(raw[2]) << 8 | UInt16(raw[3])
    switch CInt(storage.ss_family) {
    case AF_INET:
      guard let address = IPAddress(bytes: raw[4..<8]) else { throw .notSupportedOnSocket }
      self.init(address, port: port)
    case AF_INET6:
      guard let address = IPAddress(bytes: raw[8..<24]) else { throw .notSupportedOnSocket }
      // In host byte order.
      let scope = withUnsafeBytes(of: &storage) { $0.loadUnaligned(fromByteOffset: 24, as: UInt32.self) }
      self.init(address, port: port, scope: address.family == .ipv6 ? scope : 0)
    default:
      throw .notSupportedOnSocket
    }
  }

  typealias SocketNameCall = (
    CInt, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?
  ) -> CInt
}

/// The user that a socket belongs to (fstat(2)): the kernel keeps the number in the socket's inode.
func owner(of descriptor: CInt) -> UInt32? {
  var status = stat()
  return fstat(descriptor, &status) == 0 ? status.st_uid : nil
}

/// The network namespace of a socket (SO_NETNS_COOKIE, Linux 5.14 and later); zero if it cannot be read.
package func namespaceCookie(of descriptor: CInt) -> UInt64 {
  var cookie: UInt64 = 0
  var length = socklen_t(MemoryLayout<UInt64>.size)
  return getsockopt(descriptor, SOL_SOCKET, 71, &cookie, &length) == 0 ? cookie : 0
}
