import Flatline
import Testing

/// What the values print: the command's text, without its colours and its times. (That the command prints just this is
/// in RunnerTests.)
struct PrintingTests {
  private let connection = ConnectionID(rawValue: 1 << 32)

  private func evidence(
    _ leaning: Leaning, _ layer: Layer = .process, _ cause: Cause? = nil, at milliseconds: UInt64 = 0,
    isConclusive: Bool = false, notes: [Fact] = []
  ) -> Evidence {
    Evidence(
      leaning, layer: layer, cause: cause, at: MonotonicTime(nanoseconds: milliseconds * 1_000_000),
      isConclusive: isConclusive, notes: notes)
  }

  private var suspicion: Ballot {
    Ballot(detector: "heartbeat", evidence: evidence(.suspicious, .process, .peerHung, at: 5_000_000))
  }

  private var death: Ballot {
    Ballot(
      detector: "tcp-info",
      evidence: evidence(
        .dead, .path, .pathSilent, at: 5_001_434, isConclusive: true,
        notes: [.count("retransmits", 4), .text("note", "two\nlines")]))
  }

  @Test func evidenceAndBallots() {
    #expect("\(evidence(.abstaining))" == "abstaining")
    #expect("\(evidence(.alive, .host))" == "alive       host")
    #expect("\(suspicion)" == "heartbeat  suspicious  process     peerHung")
    #expect(
      "\(death.evidence)"
        == "dead        path        pathSilent  conclusive  retransmits=4 note=two\\u{a}lines")
    #expect("\(death)" == "tcp-info   \(death.evidence)")
    let many = evidence(.dead, .path, .pathSilent, notes: (0..<9).map { .count("n\($0)", $0) })
    #expect("\(many)".hasSuffix("  n0=0 n1=1 n2=2 n3=3 n4=4 n5=5 n6=6"))
  }

  @Test func verdictsAndEvents() throws {
    let time = MonotonicTime(nanoseconds: 1)
    func change(_ verdict: Verdict, from previous: Verdict, _ cause: Cause?, _ ballots: [Ballot])
      -> VerdictChange
    {
      VerdictChange(
        connection: connection, verdict: verdict, previous: previous, cause: cause, decidedBy: ballots,
        time: time)
    }
    let suspect = change(.suspect, from: .alive, .peerHung, [suspicion])
    let dead = change(.dead(.pathSilent), from: .suspect, .pathSilent, [death, suspicion])
    #expect("\(suspect)" == "alive -> suspect  peerHung  by heartbeat")
    #expect("\(dead)" == "suspect -> dead(pathSilent)  by tcp-info, heartbeat")
    #expect("\(change(.alive, from: .suspect, nil, []))" == "suspect -> alive")
    #expect("\(try #require(PeerGone(dead)))" == "the peer is gone: dead(pathSilent)  by tcp-info, heartbeat")
    #expect("\(WatchEvent.verdict(suspect))" == "verdict   \(suspect)")
    #expect("\(WatchEvent.evidence(connection, suspicion))" == "evidence  \(suspicion)")
    let life = Ballot(detector: "heartbeat", evidence: evidence(.alive))
    let mistake = Mistake(connection: connection, cause: .pathSilent, ballot: life, time: time)
    #expect("\(mistake)" == "dead(pathSilent)  contradicted by heartbeat  alive       process")
    #expect("\(WatchEvent.mistake(mistake))" == "mistake   \(mistake)")
    #expect(WatchEvent.mistake(mistake).connection == connection)
  }

  @Test func aTrailIsACollectionThatPrintsALineForEachEntry() {
    let trail = Trail([.init(suspicion, hasDecided: false), .init(death, hasDecided: true)], omitted: 3)
    #expect(
      "\(trail)" == """
            0.0000 s    heartbeat  suspicious  process     peerHung
            1.4340 s  * tcp-info   dead        path        pathSilent
            1.4340 s    and 3 more
        """)
    #expect("\(trail[1])" == "* tcp-info   dead        path        pathSilent")
    #expect(trail.map(\.hasDecided) == [false, true])
    #expect(trail.count == 2 && trail.last?.ballot == death)
    #expect("\(Trail())" == "")
  }
}
