/// Why a connection is suspected or dead. An open set: a custom detector may name causes of its own.
///
/// A cause of a detector's own stays as it is, whatever other detectors say. With
/// ``Evidence/yieldsToNearerLayers`` it stays only while no nearer layer explains it.
public struct Cause: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// The peer sent FIN: it will send nothing more (RFC 9293, 3.6).
  public static let peerClosed = Cause(rawValue: "peerClosed")
  /// The peer sent RST (RFC 9293, 3.5.2).
  public static let peerReset = Cause(rawValue: "peerReset")
  /// The peer's kernel answers and its program does not.
  public static let peerHung = Cause(rawValue: "peerHung")
  /// After a silence, the peer answered that it knows no such connection. The peer, or a NAT on the path, lost its
  /// state.
  public static let peerRestarted = Cause(rawValue: "peerRestarted")
  /// A router reported that the peer's host or network cannot be reached (RFC 1122, 4.2.3.9).
  public static let hostUnreachable = Cause(rawValue: "hostUnreachable")
  /// Nothing comes back: the path, or the peer's host, is gone.
  public static let pathSilent = Cause(rawValue: "pathSilent")
  /// Our own interface lost its carrier or was taken down.
  public static let linkDown = Cause(rawValue: "linkDown")
  /// Our own address was removed.
  public static let addressLost = Cause(rawValue: "addressLost")
  /// No route leads to the peer any more.
  public static let routeLost = Cause(rawValue: "routeLost")
  /// The kernel routes the connection over another way than before: packets leave with a source address that the new
  /// way may not carry.
  public static let routeChanged = Cause(rawValue: "routeChanged")
  /// Small segments pass, and large ones are lost: the path has a smaller MTU than its ends know, and the ICMP replies
  /// that say so do not come (RFC 2923, 2.1; a path MTU black hole).
  public static let largePacketsLost = Cause(rawValue: "largePacketsLost")
  /// Our own app does not read: our receive window is closed, and the peer cannot answer (RFC 9293, 3.8.6.2.1).
  public static let localBackpressure = Cause(rawValue: "localBackpressure")
  /// The kernel gave the connection up after its own time-out (ETIMEDOUT).
  public static let timedOut = Cause(rawValue: "timedOut")
  /// The peer's window stays closed: it takes no more bytes (RFC 9293, 3.8.6.1).
  public static let stalled = Cause(rawValue: "stalled")
  /// This side ended the connection, or closed the borrowed descriptor.
  public static let localClosed = Cause(rawValue: "localClosed")

  /// Compares lengths first: most causes differ in length. A verdict compares several causes, and a cold comparison
  /// of whole strings is slow.
  public static func == (left: Cause, right: Cause) -> Bool {
    left.rawValue.utf8.count == right.rawValue.utf8.count && left.rawValue == right.rawValue
  }
}

extension Cause: CustomStringConvertible {
  public var description: String { rawValue }
}
