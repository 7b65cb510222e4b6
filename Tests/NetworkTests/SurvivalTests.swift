import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// What each named policy promises to survive for 60 s: no living peer is called dead.
@Suite(.onOwnThread)
struct SurvivalTests {
  static let length = Duration.seconds(60)

  /// Loss and stalls at once, under a congestion control that knows thin streams, as most machines' does.
  @Test(arguments: DocumentedPolicy.all)
  func lossAndStallsTogether(_ documented: DocumentedPolicy) async throws {
    try await survive(documented, loses: true, stalls: true, congestionControl: "reno")
  }

  /// The machine's own congestion control, whatever it is.
  @Test(arguments: DocumentedPolicy.all)
  func lossAlone(_ documented: DocumentedPolicy) async throws {
    try await survive(documented, loses: true, stalls: false, congestionControl: nil)
  }

  @Test(arguments: DocumentedPolicy.all)
  func stallsAlone(_ documented: DocumentedPolicy) async throws {
    try await survive(documented, loses: false, stalls: true, congestionControl: nil)
  }

  private func survive(
    _ documented: DocumentedPolicy, loses: Bool, stalls: Bool, congestionControl: String?
  ) async throws {
    let trouble = documented.promise.survives
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    var watched: [WatchedConnection] = []
    defer { for each in watched { each.close() } }
    for traffic in documented.traffics {
      watched.append(
        try WatchedConnection(
          in: lab, documented.policy, traffic, on: monitor, congestionControl: congestionControl))
    }
    try await Task.sleep(for: .milliseconds(500))
    let start = MonotonicTime.now()
    if loses {
      try lab.path.update(trouble.isOneWay ? .toServer : nil) { $0.loss = .random(trouble.loss) }
    }
    while MonotonicTime.now() < start + SurvivalTests.length {
      let rest = (start + SurvivalTests.length) - MonotonicTime.now()
      if stalls, rest > trouble.stall {
        try SurvivalTests.cut(lab.path, for: trouble.stall)
        try await Task.sleep(for: min(trouble.stallPeriod - trouble.stall, rest - trouble.stall))
      } else {
        try await Task.sleep(for: rest)
      }
    }
    for each in watched {
      let dead = each.log.first(after: start, where: \.isDead)
      #expect(dead == nil, "convicted a living peer: \(each.name): \(each.log.story(since: start))")
    }
    // The trouble was real: no stall passes unsuspected where data is in flight.
    for each in watched where stalls && each.traffic == .inFlight {
      #expect(each.log.first(after: start) { $0 == .suspect } != nil, "\(each.name): never suspected")
    }
    // The peers do live: with the path healed, every connection is alive again.
    lab.path.heal()
    try await Task.sleep(for: .seconds(stalls || loses ? 8 : 1))
    for each in watched where each.traffic != .inFlight {
      #expect(
        each.log.changes.last?.verdict ?? .alive == .alive, "\(each.name): \(each.log.story(since: start))")
    }
  }

  /// Loses all that comes for a while: harder than `Path.stall`, which keeps it. Holds the calling thread.
  private static func cut(_ path: Path, for duration: Duration) throws {
    try path.update { $0.blackhole = true }
    usleep(useconds_t(clamping: Int64(duration.milliseconds * 1000)))
    try path.update { $0.blackhole = false }
  }
}
