public import FlatlineExplaining

/// Speaks just enough of an application protocol to ask "are you there?" and to recognise the answer.
///
/// A value of a conforming type is one conversation on one connection. It does no input or output: the caller sends the
/// bytes it returns and passes in the bytes that arrive.
///
/// 1. Send ``opening()`` once the connection is up.
/// 2. Hand every byte that arrives to ``consume(_:)``, in pieces of any size; send the ``Reception/reply``.
/// 3. Once ``ping()`` is not `nil`, send one for each period.
///
/// Conforming types keep a bounded amount of memory whatever the peer sends. After ``consume(_:)`` has
/// thrown, the conversation is over: every later call throws the same error and ``ping()`` is `nil`.
public protocol HeartbeatProtocol: Sendable {
  /// The name used on the command line and in messages, e.g. "redis".
  static var name: String { get }

  /// The least interval between pings that its servers bear. `flatline explain` says it. Unless a type has its own: no
  /// server is known to mind.
  static var leastInterval: LeastPingInterval { get }

  /// Bytes to send as soon as the connection is up (a handshake); empty when there is none.
  mutating func opening() -> [UInt8]

  /// The next ping, or `nil` while the handshake is not over and after the peer announced its end.
  mutating func ping() -> [UInt8]?

  /// Takes bytes as they arrived, in pieces of any size.
  ///
  /// - Throws: ``HeartbeatProtocolError`` when the peer does not speak this protocol or refuses us.
  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception
}

extension HeartbeatProtocol {
  /// Zero: no server is known to mind.
  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "no server of this protocol is known to mind", rule: "the protocol itself")
  }
}

/// Meaning of some received bytes.
///
/// Any byte is life. Only an answer to a ping is a pong.
public struct Reception: Sendable, Hashable {
  /// How many of our pings these bytes answer.
  public var pongs: Int

  /// Bytes the protocol wants sent back now; often empty.
  public var reply: [UInt8]

  /// The handshake is over and the peer has not announced its end: pings may be sent.
  public var isReady: Bool

  /// From its parts, each described at its property.
  public init(pongs: Int = 0, reply: [UInt8] = [], isReady: Bool = false) {
    self.pongs = pongs
    self.reply = reply
    self.isReady = isReady
  }
}

/// The peer does not speak the protocol, or refuses us.
///
/// It is no evidence against the peer: something answered.
public struct HeartbeatProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The ``HeartbeatProtocol/name`` of the protocol.
  public var protocolName: String

  /// One line, bounded, without control characters.
  public var reason: String

  /// From its parts, each described at its property.
  public init(protocolName: String, reason: String) {
    self.protocolName = protocolName
    self.reason = reason
  }

  public var description: String { "\(protocolName): \(reason)" }
}

/// Lets tests check that a conversation's memory stays bounded.
protocol BoundedConversation {
  /// Bytes received and still held.
  var heldBytes: Int { get }
}
