/// A socket that belongs to someone else, lent to a detector for the length of one call.
///
/// It can be asked; it cannot be read, written or closed. Options that a detector changes in `attach` it must
/// put back in `detach`.
public struct BorrowedSocket: ~Copyable {
  /// The socket's descriptor, for readings that this type does not offer; negative if there is none. Do not read,
  /// write or close it.
  public let descriptor: CInt
  private let access: any SocketAccess
  private let pinger: (any Pinger)?

  /// A socket lent to a detector, for a monitor or a test.
  public init(_ descriptor: CInt, access: any SocketAccess, pinger: (any Pinger)? = nil) {
    self.descriptor = descriptor
    self.access = access
    self.pinger = pinger
  }

  /// Whether there is a descriptor: not for a connection of another process, of which TCP_INFO and the ends can be
  /// read and nothing else.
  public var hasDescriptor: Bool { descriptor >= 0 }

  /// TCP_INFO, read at most once per turn of the monitor however many detectors ask.
  public func tcpInfo() throws(Errno) -> TCPInfo {
    try access.tcpInfo(descriptor)
  }

  /// Reads an integer option (getsockopt(2)).
  public func option(_ option: SocketOption) throws(Errno) -> CInt {
    try access.option(option, of: descriptor)
  }

  /// Sets an integer option (setsockopt(2)).
  public func setOption(_ option: SocketOption, to value: CInt) throws(Errno) {
    try access.setOption(option, of: descriptor, to: value)
  }

  /// Bytes received and not yet read by the owner.
  public func unreadBytes() throws(Errno) -> Int {
    try access.unreadBytes(descriptor)
  }

  /// Sequence numbers given to the kernel and not yet acknowledged: bytes, and a FIN as one.
  public func unacknowledged() throws(Errno) -> Int {
    try access.unacknowledged(descriptor)
  }

  /// Both ends of the connection, and what the socket is bound to. Asked anew at each call.
  public func endpoints() throws(Errno) -> SocketEndpoints {
    try access.endpoints(descriptor)
  }

  /// Whether the owner of the stream gave a way to ping the peer's program.
  public var canPing: Bool { pinger != nil }

  /// Asks the owner of the stream to send one ping.
  public func ping() -> PingOutcome {
    pinger?.sendPing() ?? .never
  }
}
