import FlatlineCore

extension DetectorConformance {
  func survivesTCPState(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let states = (UInt8(1)...12).compactMap { TCPState(rawValue: $0) }
    for state in states {
      for (name, reading) in Self.readings(state) {
        trial.enter("the state \(state) with \(name)")
        for start in [UInt64(0), 1_000_000_000_000, 1 << 59] {
          let clock = VirtualClock(startingAt: MonotonicTime(nanoseconds: start))
          let socket = ScriptedSocket(ScriptedWorld.healthy.info(.zero))
          guard let run = trial.begin(try make(), on: socket, pinger: pinger, clock: clock) else { return }
          socket.info = reading
          for reasons in Runs.reasons(run.detector.needs) {
            clock.advance(by: .milliseconds(70))
            guard let evidence = run.give(reasons), evidence.isConclusive else { continue }
            trial.require(
              state.isOver || state.peerHasFinished,
              "it told \(evidence.story) for conclusive in \(state), which the kernel has not ended (\(name))"
            )
            trial.require(
              !evidence.isHalfClose || state.isOver || state.peerHasFinished,
              "it told a half-close in \(state)")
          }
        }
      }
      if trial.isOver { return }
    }
    // Readings of one's own, whatever their state.
    try inEachWorld(pinger, &trial) { world, run, _ in
      run.play(world, for: .seconds(2))
      for reasons in Runs.reasons(run.detector.needs) { run.give(reasons) }
    }
    // The watch begins on a connection that has already ended.
    for state in states {
      trial.enter("the state \(state) from the beginning on")
      guard let run = try? DetectorRun(try make(), on: ScriptedSocket(TCPInfo(state: state)), pinger: pinger)
      else { continue }
      for reasons in Runs.reasons(run.detector.needs) { run.give(reasons) }
    }
  }

  /// The least, usual and greatest values of a reading.
  private static func readings(_ state: TCPState) -> [(String, TCPInfo)] {
    var usual = ScriptedWorld.healthy.info(.seconds(5))
    usual.state = state
    var most = TCPInfo(state: state)
    most.retransmits = .max
    most.probes = .max
    most.backoff = .max
    most.unacknowledged = .max
    most.notSent = .max
    most.sendWindow = .max
    most.segmentsReceived = .max
    most.segmentsSent = .max
    most.outOfOrderReceived = .max
    most.bytesAcknowledged = .max
    most.bytesReceived = .max
    most.bytesSent = .max
    most.acknowledgedBeyondData = .max
    for age in [
      \TCPInfo.retransmissionTimeout, \.roundTripTime, \.roundTripVariation, \.shortestRoundTripTime,
      \.sinceDataSent, \.sinceDataReceived, \.sinceAcknowledged,
    ] {
      most[keyPath: age] = .seconds(1_000_000)
    }
    var least = TCPInfo(state: state)
    least.acknowledgedBeyondData = .min
    least.retransmissionTimeout = .zero
    return [("a usual reading", usual), ("the largest reading", most), ("an empty reading", least)]
  }
}
