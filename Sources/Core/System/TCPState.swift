/// A state of the TCP state machine (RFC 9293, 3.3.2), with the kernel's numbers.
public enum TCPState: UInt8, Sendable, Hashable, BitwiseCopyable {
  case established = 1
  case synSent
  case synReceived
  case finWait1
  case finWait2
  case timeWait
  case close
  case closeWait
  case lastAck
  case listen
  case closing
  case newSynReceived

  /// The kernel keeps the connection no more.
  public var isOver: Bool { self == .close || self == .timeWait }

  /// The peer's FIN has arrived and this side may still send.
  public var peerHasFinished: Bool { self == .closeWait || self == .lastAck || self == .closing }
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
