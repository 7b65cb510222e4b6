import FlatlineCore

extension DetectorConformance {
  func survivesMissingReadings(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needsAccusation()
    try inEachWorld(pinger, &trial) { world, run, trial in
      trial.learnIfAccusing(run.play(world, for: length))
    }
    let world = heard.challenged(every: .milliseconds(730), until: length)
    for reading in Reading.allCases {
      trial.enter("a healthy connection without \(reading.rawValue)")
      // Missing from the beginning on; from a later moment on; and once.
      for (from, until) in [(0, Int.max), (12, Int.max), (12, 13)] {
        let socket = ScriptedSocket.healthy
        var count = 0
        socket.failure = { call in
          guard reading.includes(call) else { return nil }
          defer { count += 1 }
          return (from..<until).contains(count) ? .noBufferSpace : nil
        }
        guard let run = try? DetectorRun(try make(), on: socket, pinger: pinger) else { continue }
        let said = run.play(world, for: .seconds(2)) + run.answersToEverything()
        let blamed = said.first { $0.leaning == .dead }
        trial.require(
          blamed == nil,
          "without \(reading.rawValue) it said \(blamed?.story, or: "nothing") of a healthy peer")
      }
    }
    try survivesUnsentPings(pinger, &trial)
  }

  /// A healthy peer whose bytes the app reports.
  private var heard: ScriptedWorld {
    .healthy.receiving(10, every: .milliseconds(100), until: length)
  }

  /// A ping that this side does not send is not the peer's fault.
  private func survivesUnsentPings(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    guard pinger != nil else { return }
    trial.enter("a healthy connection whose pings are not sent")
    for outcome in [PingOutcome.notNow, .never] {
      guard let run = trial.begin(try make(), pinger: AppPinger { outcome }) else { return }
      let blamed = run.play(heard, for: length).first { $0.leaning == .dead }
      trial.require(
        blamed == nil,
        "where no ping was sent (\(outcome)) it said \(blamed?.story, or: "nothing") of a healthy peer")
    }
  }
}

/// The readings that may be missing from a look.
private enum Reading: String, CaseIterable {
  case tcpInfo = "TCP_INFO"
  case unreadBytes = "SIOCINQ"
  case options = "the options"

  func includes(_ call: ScriptedSocket.Call) -> Bool {
    switch (self, call) {
    case (.tcpInfo, .tcpInfo), (.unreadBytes, .unreadBytes), (.options, .option): true
    default: false
    }
  }
}

extension DetectorRun {
  /// Gives a look for every reason, without those of epoll and a source that report an end themselves.
  fileprivate func answersToEverything() -> [Evidence] {
    Runs.reasons(detector.needs)
      .filter { $0.readiness.isDisjoint(with: .ending) && $0.news == nil }.compactMap { give($0) }
  }
}
