public import FlatlineExplaining

/// A small binary heartbeat of its own, for servers that want nothing more; see ``HeartbeatFrame``.
///
/// Both sides may ping; each answers the other's. A pong with the number of one of our pings answers that one
/// and the earlier ones. Anything that is not a frame is life only and is skipped. Never throws.
public struct FramedHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "framed" }

  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "the server is one of your own",
      rule: "HeartbeatFrame")
  }

  private var decoder = HeartbeatFrameDecoder()
  private var ledger = PingLedger()

  /// Nothing sent yet.
  public init() {}

  var heldBytes: Int { decoder.heldBytes }

  public mutating func opening() -> [UInt8] { [] }

  public mutating func ping() -> [UInt8]? { HeartbeatFrame(kind: .ping, sequence: ledger.next()).encoded() }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var reception = Reception(isReady: true)
    for frame in decoder.consume(bytes) {
      if let answer = frame.answer {
        reception.reply += answer.encoded()
      } else if let sequence = frame.sequence {
        reception.pongs += ledger.answer(upTo: sequence)
      }
    }
    return reception
  }
}
