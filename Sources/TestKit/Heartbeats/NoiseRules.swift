import FlatlineHeartbeat

/// The rules that noise tries, and not only transcripts.
extension HeartbeatConformance {
  func countsNoPongWithoutPing(_ trial: inout Trial) {
    trial.needs("it counted no pong, with noise or in a transcript")
    forEachConversation(&trial) { how, conversation, trial in
      if conversation.pongs > 0 { trial.learn() }
      trial.require(
        conversation.pongs <= conversation.pings,
        "with \(how) it counted \(conversation.pongs) pongs after \(conversation.pings) pings")
    }
  }

  func pingsWhenReady(_ trial: inout Trial) {
    forEachConversation(&trial) { how, conversation, trial in
      guard conversation.error == nil else { return }
      let isReady = conversation.isReady
      let hasPing = conversation.ping()
      trial.require(
        isReady == hasPing,
        "with \(how) it was \(isReady ? "ready and sent no ping" : "not ready and sent a ping")")
    }
  }

  func failsForEver(_ trial: inout Trial) {
    trial.needs("it threw no error, with noise or in a transcript")
    forEachConversation(&trial) { how, conversation, trial in
      guard let first = conversation.error else { return }
      trial.learn()
      trial.require(!conversation.ping(), "with \(how), after the error \(first), it sent a ping")
      var later = conversation.proto
      for bytes in [[0x2B], Array("+PONG\r\n".utf8), [UInt8](repeating: 0, count: 300)] {
        do throws(HeartbeatProtocolError) {
          _ = try later.consume(bytes[...])
          trial.fail("with \(how), after the error \(first), it took further bytes without an error")
        } catch {
          trial.require(
            error == first, "with \(how), after the error \(first), it threw another one, \(error)")
        }
      }
    }
  }

  func explainsInOneLine(_ trial: inout Trial) {
    trial.needs("it threw no error, with noise or in a transcript")
    forEachConversation(&trial) { how, conversation, trial in
      guard let error = conversation.error else { return }
      trial.learn()
      trial.require(
        error.protocolName == name, "with \(how) its error names the protocol \"\(error.protocolName)\"")
      trial.require(
        !error.reason.isEmpty && error.reason.utf8.count <= 500,
        "with \(how) the reason of its error has \(error.reason.utf8.count) bytes")
      trial.require(
        !error.reason.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) },
        "with \(how) the reason of its error has control characters")
    }
  }

  /// Calls `body` after each piece that a conversation got, up to the piece that it throws at.
  private func forEachConversation(
    _ trial: inout Trial, _ body: (_ how: String, _ conversation: inout Conversation, inout Trial) -> Void
  ) {
    for transcript in transcripts {
      trial.enter("the transcript \"\(transcript.name)\"")
      var conversation = Conversation(make())
      conversation.play(transcript) { bytes, _, conversation in
        guard conversation.error == nil else { return }
        conversation.consume(bytes)
        body(transcript.name, &conversation, &trial)
      }
    }
    var noise = PeerNoise(self)
    var cutter = noise
    noise.visit { how, bytes in
      trial.enter(how)
      var conversation = Conversation(make())
      for piece in cutter.pieces(bytes) where conversation.error == nil {
        conversation.ping()
        conversation.consume(piece)
        body(how, &conversation, &trial)
      }
      return !trial.isOver
    }
  }
}
