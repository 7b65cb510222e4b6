import FlatlineCore

extension DetectorConformance {
  func survivesErrno(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let world = ScriptedWorld.healthy.challenged(every: .milliseconds(730), until: Runs.length)
    // All that Linux has (errno(3)), and those beyond that a driver may let through.
    for errno in (1...134).map({ Errno(rawValue: $0) }) + [512, 524, 530].map({ Errno(rawValue: $0) }) {
      for kind in CallKind.allCases {
        // From the attachment on; from a later moment on; and once.
        for (from, until) in [(0, Int.max), (12, Int.max), (12, 13)] {
          let socket = ScriptedSocket(world.info(.zero))
          var count = 0
          socket.failure = { call in
            guard kind.includes(call) else { return nil }
            defer { count += 1 }
            return (from..<until).contains(count) ? errno : nil
          }
          guard let run = try? DetectorRun(try make(), on: socket, pinger: pinger) else { continue }
          let said = run.play(world, for: .seconds(2)) + run.answersToEverything()
          run.detach()
          let blamed = said.first { $0.leaning == .dead }
          trial.require(
            blamed == nil,
            "where \(kind.rawValue) failed with \"\(errno)\" it said \(blamed?.story, or: "nothing") of a "
              + "healthy peer")
        }
      }
      if trial.isOver { return }
    }
  }
}

/// The kinds of calls that may fail.
private enum CallKind: String, CaseIterable {
  case tcpInfo = "TCP_INFO"
  case unreadBytes = "SIOCINQ"
  case option = "getsockopt"
  case setOption = "setsockopt"
  case addresses = "getsockname"

  func includes(_ call: ScriptedSocket.Call) -> Bool {
    switch (self, call) {
    case (.tcpInfo, .tcpInfo), (.unreadBytes, .unreadBytes), (.option, .option), (.setOption, .setOption),
      (.addresses, .endpoints), (.addresses, .cookie):
      true
    default: false
    }
  }
}

extension DetectorRun {
  /// Gives every event that does not itself tell of an end.
  fileprivate func answersToEverything() -> [Evidence] {
    Runs.events.compactMap { event in
      if case .readiness(let bits) = event, !bits.isDisjoint(with: .ending) {
        return nil
      }
      return give(event)
    }
  }
}
