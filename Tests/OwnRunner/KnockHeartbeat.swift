import Flatline

/// A knock that an echo service gives back.
struct KnockHeartbeat: HeartbeatProtocol {
  static let name = "knock"

  mutating func opening() -> [UInt8] { [] }
  mutating func ping() -> [UInt8]? { Array("knock\n".utf8) }

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    Reception(pongs: bytes.count { $0 == UInt8(ascii: "\n") }, isReady: true)
  }
}
