/// A state of the TCP state machine (RFC 9293, 3.3.2), with the kernel's numbers.
public enum TCPState: UInt8, Sendable, Hashable, BitwiseCopyable {
  /// ESTABLISHED: both directions are open.
  case established = 1
  /// SYN-SENT: we asked for a connection.
  case synSent
  /// SYN-RECEIVED: the peer asked, we answered.
  case synReceived
  /// FIN-WAIT-1: we sent FIN.
  case finWait1
  /// FIN-WAIT-2: our FIN is acknowledged; the peer may still send.
  case finWait2
  /// TIME-WAIT: both have closed; old segments die out.
  case timeWait
  /// CLOSED: there is no connection.
  case close
  /// CLOSE-WAIT: the peer sent FIN; we may still send.
  case closeWait
  /// LAST-ACK: the peer closed, then we did; our FIN is not acknowledged yet.
  case lastAck
  /// LISTEN: no connection; the socket accepts connections.
  case listen
  /// CLOSING: both sent FIN at once.
  case closing
  /// NEW_SYN_RECV: as SYN-RECEIVED, before Linux has made the full socket.
  case newSynReceived

  /// The kernel no longer keeps the connection.
  public var isOver: Bool { self == .close || self == .timeWait }

  /// The peer's FIN has arrived and this side may still send.
  public var peerHasFinished: Bool { self == .closeWait || self == .lastAck || self == .closing }

  /// This side has sent FIN: no data can follow it.
  package var hasFinished: Bool {
    self == .finWait1 || self == .finWait2 || self == .closing || self == .lastAck || isOver
  }
}

extension TCPState: CustomStringConvertible {
  public var description: String {
    switch self {
    case .established: "ESTABLISHED"
    case .synSent: "SYN_SENT"
    case .synReceived, .newSynReceived: "SYN_RECV"
    case .finWait1: "FIN_WAIT1"
    case .finWait2: "FIN_WAIT2"
    case .timeWait: "TIME_WAIT"
    case .close: "CLOSE"
    case .closeWait: "CLOSE_WAIT"
    case .lastAck: "LAST_ACK"
    case .listen: "LISTEN"
    case .closing: "CLOSING"
    }
  }
}
