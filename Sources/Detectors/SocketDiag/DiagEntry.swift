public import FlatlineCore

/// One TCP socket of a network namespace, of any owner, as sock_diag(7) reports it.
public struct DiagEntry: Hashable, Sendable {
  /// Both ends.
  public var endpoints: SocketEndpoints
  /// Its state when it was listed.
  public var state: TCPState
  /// The kernel's name for the socket (SO_COOKIE), never used twice.
  public var cookie: UInt64
  /// Its number in `/proc/PID/fd`: `socket:[inode]`.
  public var inode: UInt32
  /// The user who made it.
  public var user: UInt32
  /// Bytes received and not yet read by the owner.
  public var unread: UInt32
  /// Bytes sent, or waiting to be sent, and not yet acknowledged.
  public var unacknowledged: UInt32
  /// TCP_INFO, where it was asked for.
  public var info: TCPInfo?
  /// Whether the socket is of AF_INET6: its connection may be IPv4 all the same.
  var isIPv6Socket: Bool
  /// Whether it is a subflow of Multipath TCP (RFC 8684).
  public var isSubflow: Bool
}
