import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Testing

/// Every cause, told for what it is.
struct ConfusionTests {
  private static let all: [Cause] = [
    .peerClosed, .peerReset, .peerHung, .peerRestarted, .pathSilent, .hostUnreachable, .linkDown, .routeLost,
    .routeChanged, .largePacketsLost, .localBackpressure, .addressLost, .timedOut, .stalled, .localClosed,
  ]
  /// The lab does not try back-pressure with data in flight.
  private static let neverInFlight: Set<Cause> = [.localBackpressure]
  /// An idle connection sends no large segment.
  private static let neverIdle: Set<Cause> = [.largePacketsLost]

  @Test func everyCauseIsTriedIdleAndInFlight() {
    let cases = CauseCase.all()
    #expect(CauseCase.causes == ConfusionTests.all)
    for cause in ConfusionTests.all {
      let traffic = Set(cases.filter { $0.cause == cause }.map(\.trial.traffic))
      #expect(traffic.contains(.inFlight) != ConfusionTests.neverInFlight.contains(cause), "\(cause)")
      let isIdle = traffic.contains(.idle) || traffic.contains(.heartbeat)
      #expect(isIdle != ConfusionTests.neverIdle.contains(cause), "\(cause)")
    }
    #expect(CauseCase.all(repetitions: 2).count == cases.count * 2)
  }

  @Test func whatWasToldIsCounted() {
    let trial = Stories.trial(.kernelOnly)
    let silence = CauseCase(.pathSilent, trial)
    let reset = CauseCase(.peerReset, Stories.trial(.kernelOnly, .reset))
    let table = ConfusionTable([
      .init(silence, told: .pathSilent), .init(silence, told: .timedOut), .init(silence, told: nil),
      .init(reset, told: .peerReset),
    ])
    #expect(table.expected == [.pathSilent, .peerReset])
    #expect(table.columns == [.pathSilent, .peerReset, .timedOut])
    #expect(table.count(.pathSilent, told: .pathSilent) == 1)
    #expect(table.count(.pathSilent, told: .timedOut) == 1)
    #expect(table.count(.pathSilent, told: nil) == 1)
    #expect(table.count(.peerReset, told: .timedOut) == 0)
    #expect(table.wrong.count == 2 && !table.isDiagonal)
    #expect(ConfusionTable([.init(reset, told: .peerReset)]).isDiagonal)
    #expect(!ConfusionTable([]).isDiagonal)
  }

  /// The death's cause counts, not that of the suspicion before; a suspicion's where nobody dies and it stands.
  @Test func theLastWordCounts() {
    let fact = CauseCase(.timedOut, Stories.trial(.kernelOnly))
    func told(_ events: [TrialEvent]) -> Cause? { fact.told(Stories.result(events)) }
    #expect(
      told([Stories.suspect(.pathSilent, at: .seconds(1)), Stories.dead(.timedOut, at: .seconds(3))])
        == .timedOut)
    #expect(told([Stories.suspect(.stalled, at: .seconds(1))]) == .stalled)
    #expect(told([Stories.suspect(.stalled, at: .seconds(1)), Stories.alive(at: .seconds(2))]) == nil)
    #expect(told([]) == nil)
  }

  /// The faults are real, in namespaces of their own.
  @Test(.onOwnThread) func everyCauseIsToldForWhatItIs() throws {
    let cases = CauseCase.all()
    let experiment = Experiment(cases.map(\.trial), seed: 1, parallelism: 16, vigil: CauseCase.vigil)
    let outcome = try #require(experiment.run())
    let table = ConfusionTable(cases, outcome.records)
    #expect(table.entries.count == cases.count)
    for entry in table.wrong {
      let trial = entry.fact.trial
      Issue.record(
        """
        \(entry.fact.cause) by \(trial.scenario.name), \(trial.traffic), \(trial.policy.name): \
        told \(entry.told?.rawValue ?? entry.failure ?? "nothing")
        """)
    }
  }
}
