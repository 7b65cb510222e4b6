import Flatline

/// A protocol without a fault: the peer answers `?` with `!`, sends anything else, and `x` is not its language.
protocol HeartbeatOfOneFault: HeartbeatProtocol {
  var conversation: Conversation { get set }
  init()
}

/// What a conversation remembers.
struct Conversation: Sendable {
  var pings = 0
  var pongs = 0
  var failure: HeartbeatProtocolError?
  var kept: [UInt8] = []
}

extension HeartbeatOfOneFault {
  static var name: String { "faulty" }

  mutating func opening() -> [UInt8] { [] }

  mutating func ping() -> [UInt8]? { faultlessPing() }

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    try faultless(bytes)
  }

  mutating func faultlessPing() -> [UInt8]? {
    guard conversation.failure == nil else { return nil }
    conversation.pings += 1
    return [UInt8(ascii: "?")]
  }

  mutating func faultless(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    if let failure = conversation.failure { throw failure }
    var reception = Reception(isReady: true)
    for byte in bytes {
      if byte == UInt8(ascii: "x") {
        let failure = HeartbeatProtocolError(protocolName: Self.name, reason: "it said x")
        conversation.failure = failure
        throw failure
      }
      if byte == UInt8(ascii: "!"), conversation.pongs < conversation.pings {
        conversation.pongs += 1
        reception.pongs += 1
      }
      // The peer asks too.
      if byte == UInt8(ascii: "?") { reception.reply.append(UInt8(ascii: "!")) }
    }
    return reception
  }
}

struct FaultlessHeartbeat: HeartbeatOfOneFault {
  var conversation = Conversation()
}

/// Takes one pong at most from each piece.
struct CountsPieces: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var reception = try faultless(bytes)
    reception.pongs = min(1, reception.pongs)
    return reception
  }
}

/// Answers a piece in place of the questions in it.
struct AnswersPieces: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var reception = try faultless(bytes)
    if reception.reply.count > 1 { reception.reply = [UInt8(ascii: "!")] }
    return reception
  }
}

/// Takes every answer for one of ours.
struct CountsAnyPong: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var reception = try faultless(bytes)
    reception.pongs = bytes.count { $0 == UInt8(ascii: "!") }
    return reception
  }
}

/// Never says that it is ready.
struct HidesItsReadiness: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var reception = try faultless(bytes)
    reception.isReady = false
    return reception
  }
}

/// Goes on after an error.
struct ForgetsItsError: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    conversation.failure = nil
    return try faultless(bytes)
  }
}

/// Pings after an error.
struct PingsAfterItsError: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func ping() -> [UInt8]? {
    conversation.pings += 1
    return [UInt8(ascii: "?")]
  }
}

/// Puts the peer's bytes into its error as they are.
struct QuotesThePeer: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    do throws(HeartbeatProtocolError) {
      return try faultless(bytes)
    } catch {
      if error.reason.hasSuffix("x") {
        let reason = "it said " + String(decoding: bytes, as: UTF8.self) + "."
        conversation.failure?.reason = reason
        throw HeartbeatProtocolError(protocolName: Self.name, reason: reason)
      }
      throw error
    }
  }
}

/// Keeps everything.
struct KeepsEverything: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    conversation.kept += bytes
    return try faultless(bytes)
  }
}

/// Sends everything back twice.
struct Repeats: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var reception = try faultless(bytes)
    reception.reply = bytes + bytes
    return reception
  }
}

/// Traps at a byte that it does not expect.
struct TrapsAtAByte: HeartbeatOfOneFault {
  var conversation = Conversation()

  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    precondition(!bytes.contains(0xFF), "no such byte")
    return try faultless(bytes)
  }
}
