/// The outcome of a request to send a ping.
@nonexhaustive
public enum PingOutcome: Sendable, Hashable {
  /// The ping is on its way, or in the stream behind earlier bytes.
  case sent
  /// Not my turn: the stream cannot be asked now, and the peer is not to blame. A request is running whose answer comes
  /// first (a long query, a BLPOP), half a message of the app is written, or a pool has lent the connection. The
  /// heartbeat abstains while that lasts. It is no outcome for a ping that waits for the answer to an earlier ping:
  /// that one was ``sent``.
  case notNow
  /// The peer has not finished a handshake that it owes: an answer not given. Its silence counts on.
  case handshakePending
  /// The stream takes no more bytes: those before the ping wait, because nobody takes them. The silence counts on.
  case streamFull
  /// This stream can never be pinged, or never again: the peer speaks another protocol, refuses, or has announced its
  /// end.
  case never
}

/// The result of a read of the stream.
public struct StreamReception: Sendable, Hashable {
  /// Bytes read from the peer.
  public var bytes: Int
  /// More bytes may be waiting: ask again.
  public var hasMore: Bool

  /// From its parts, each described at its property.
  public init(bytes: Int, hasMore: Bool = false) {
    self.bytes = bytes
    self.hasMore = hasMore
  }
}

/// The owner of one stream, as detectors use it: it can ask the peer's program for an answer.
///
/// Called on the monitor's thread; must not block.
public protocol Pinger: Sendable {
  /// Sends one ping on the stream.
  func sendPing() -> PingOutcome
  /// Whether the monitor calls `receive` when bytes come. False if the app reads its own stream.
  var readsStream: Bool { get }
  /// Reads the bytes that have come. Called only if `readsStream` is true.
  func receive() -> StreamReception
}

extension Pinger {
  public var readsStream: Bool { false }
  public func receive() -> StreamReception { StreamReception(bytes: 0) }
}

/// A ping sent by a closure of the app, on a stream that the app reads itself.
public struct AppPinger: Pinger {
  private let send: @Sendable () -> PingOutcome

  /// - Parameter send: writes one ping without blocking. Called on the monitor's thread.
  public init(_ send: @escaping @Sendable () -> PingOutcome) {
    self.send = send
  }

  public func sendPing() -> PingOutcome { send() }
}
