import FlatlineHeartbeat

/// A conversation in progress, with everything that it has said.
struct Conversation {
  private(set) var proto: any HeartbeatProtocol
  private(set) var pings = 0
  private(set) var pongs = 0
  /// Replies, and the lengths of the pieces that they answer.
  private(set) var reply: [UInt8] = []
  private(set) var isReady = false
  private(set) var error: HeartbeatProtocolError?
  /// A ping that a transcript asks for and the conversation did not send.
  private(set) var missedPings = 0
  /// The bytes that the peer has not answered.
  private var unanswered: [UInt8]

  init(_ proto: any HeartbeatProtocol) {
    self.proto = proto
    unanswered = self.proto.opening()
  }

  /// - Returns: whether a ping was sent.
  @discardableResult
  mutating func ping() -> Bool {
    guard let bytes = proto.ping() else { return false }
    pings += 1
    unanswered += bytes
    return true
  }

  /// - Returns: the reply to the bytes; `nil` after an error.
  @discardableResult
  mutating func consume(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    do throws(HeartbeatProtocolError) {
      let reception = try proto.consume(bytes)
      pongs += reception.pongs
      reply += reception.reply
      unanswered += reception.reply
      isReady = reception.isReady
      return reception.reply
    } catch {
      self.error = self.error ?? error
      return nil
    }
  }

  /// The whole of a transcript. `feed` hands over the bytes of each step that has some, in pieces.
  mutating func play(
    _ transcript: HeartbeatTranscript, feed: (ArraySlice<UInt8>, _ step: Int, inout Conversation) -> Void
  ) {
    for (index, step) in transcript.steps.enumerated() {
      switch step {
      case .ping: if !ping() { missedPings += 1 }
      case .peer(let bytes):
        if transcript.isRecording { ping() }
        feed(bytes[...], index, &self)
      case .answer(let answer):
        let bytes = answer(unanswered)
        unanswered = []
        feed(bytes[...], index, &self)
      }
    }
  }

  /// The bytes of the peer in each step, as a conversation that gets them whole hears them.
  static func bytes(
    of transcript: HeartbeatTranscript, to proto: any HeartbeatProtocol
  ) -> [(step: Int, bytes: [UInt8])] {
    var heard: [(step: Int, bytes: [UInt8])] = []
    var conversation = Conversation(proto)
    conversation.play(transcript) { bytes, step, conversation in
      heard.append((step, Array(bytes)))
      conversation.consume(bytes)
    }
    return heard
  }
}
