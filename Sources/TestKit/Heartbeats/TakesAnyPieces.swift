import FlatlineHeartbeat

extension HeartbeatConformance {
  func takesAnyPieces(_ trial: inout Trial) {
    trial.needs(
      transcripts.isEmpty ? "there is no transcript of a real peer" : "the transcripts have no bytes")
    for transcript in transcripts where !trial.isOver {
      takesAnyPieces(of: transcript, &trial)
    }
  }

  private func takesAnyPieces(of transcript: HeartbeatTranscript, _ trial: inout Trial) {
    trial.enter("the transcript \"\(transcript.name)\", whole")
    let whole = play(transcript) { [$0] }
    let comparesReplies = play(transcript) { [$0] }.reply == whole.reply
    if whole.missedPings > 0 {
      trial.fail("with \(transcript.name) \(whole.missedPings) pings of the transcript could not be sent")
    }
    if let pongs = transcript.pongs {
      trial.require(
        whole.pongs == pongs, "with \(transcript.name) it counted \(whole.pongs) pongs in place of \(pongs)")
    }
    trial.enter("the transcript \"\(transcript.name)\", byte by byte")
    compare(
      play(transcript) { bytes in bytes.indices.map { bytes[$0...$0] } }, whole, comparesReplies,
      "with \(transcript.name) byte by byte", &trial)
    let lengths = Conversation.bytes(of: transcript, to: make())
    for (step, bytes) in lengths where !bytes.isEmpty {
      trial.learn()
      for place in 1..<max(2, min(bytes.count, Self.mostCuts)) where !trial.isOver {
        trial.enter("the transcript \"\(transcript.name)\", step \(step + 1) cut after \(place) bytes")
        let cut = playSteps(of: transcript) { bytes, current in
          guard current == step, bytes.count > place else { return [bytes] }
          return [bytes.prefix(place), bytes.dropFirst(place)]
        }
        compare(
          cut, whole, comparesReplies, "with \(transcript.name), step \(step + 1) cut after \(place) bytes,",
          &trial)
      }
    }
  }

  /// No transcript is cut in more places.
  private static var mostCuts: Int { 4096 }

  private func play(
    _ transcript: HeartbeatTranscript, _ cut: (ArraySlice<UInt8>) -> [ArraySlice<UInt8>]
  ) -> Conversation {
    playSteps(of: transcript) { bytes, _ in cut(bytes) }
  }

  private func playSteps(
    of transcript: HeartbeatTranscript, _ cut: (ArraySlice<UInt8>, Int) -> [ArraySlice<UInt8>]
  ) -> Conversation {
    var conversation = Conversation(make())
    conversation.play(transcript) { bytes, step, conversation in
      for piece in cut(bytes, step) { conversation.consume(piece) }
    }
    return conversation
  }

  /// - Parameter comparesReplies: false for a protocol whose replies are random: then their lengths must agree.
  private func compare(
    _ cut: Conversation, _ whole: Conversation, _ comparesReplies: Bool, _ how: String, _ trial: inout Trial
  ) {
    trial.require(
      cut.error == whole.error,
      "\(how) it threw \(cut.error, or: "nothing") in place of \(whole.error, or: "nothing")")
    // What an error's own piece would have meant is lost with it, and how much that is depends on the piece.
    guard whole.error == nil else { return }
    trial.require(
      cut.pongs == whole.pongs, "\(how) it counted \(cut.pongs) pongs in place of \(whole.pongs)")
    trial.require(
      comparesReplies ? cut.reply == whole.reply : cut.reply.count == whole.reply.count,
      "\(how) it replied \(cut.reply.count) bytes that are not the \(whole.reply.count) that it replied to the whole"
    )
    trial.require(
      cut.error != nil || cut.isReady == whole.isReady,
      "\(how) it was \(cut.isReady ? "" : "not ")ready in the end")
  }
}
