import CFlatline

/// The bits that epoll reports of a socket (epoll_ctl(2)).
public struct Readiness: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Bytes (or an end of stream) can be read.
  public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
  /// Bytes can be written.
  public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The peer sent FIN, or this side shut its reading down.
  public static let readHangUp = Readiness(rawValue: EPOLLRDHUP.rawValue)
  /// Both directions are over. Always reported.
  public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
  /// An error is pending on the socket. Always reported.
  public static let error = Readiness(rawValue: EPOLLERR.rawValue)
  /// The bits by which epoll may report an end of the connection, or of one direction.
  public static let ending: Readiness = [.readHangUp, .hangUp, .error]
}

extension Readiness: CustomStringConvertible {
  public var description: String {
    let names: [(Readiness, String)] = [
      (.readable, "IN"), (.writable, "OUT"), (.readHangUp, "RDHUP"), (.hangUp, "HUP"), (.error, "ERR"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: "|")
  }
}
