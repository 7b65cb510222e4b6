public import FlatlineExplaining

/// `PING` of Redis and everything that speaks its protocol (Valkey, KeyDB, Dragonfly).
///
/// Any reply is a pong, an error too (`-NOAUTH`, `-LOADING`): the process answered. No handshake and no
/// password are needed for that. Push messages (RESP3) are life, not pongs.
public struct RedisHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "redis" }

  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "Redis answers PING as any command and limits none",
      rule: "redis.io, PING; redis.conf has no limit on the rate of commands")
  }

  private var parser = RESPParser()
  private var ledger = PingLedger()
  private var failure: HeartbeatProtocolError?

  /// Nothing sent yet.
  public init() {}

  var heldBytes: Int { parser.heldBytes }

  public mutating func opening() -> [UInt8] { [] }

  public mutating func ping() -> [UInt8]? {
    guard failure == nil else { return nil }
    _ = ledger.next()
    return Array("*1\r\n$4\r\nPING\r\n".utf8)
  }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    if let failure { throw failure }
    var rest = bytes
    var reception = Reception(isReady: true)
    do throws(HeartbeatProtocolError) {
      while let item = try parser.next(from: &rest) {
        if item == .reply { reception.pongs += ledger.answerOldest() }
      }
    } catch {
      failure = error
      throw error
    }
    return reception
  }
}
