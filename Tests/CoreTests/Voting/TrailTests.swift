import Testing

@testable import FlatlineCore

/// What a verdict remembers of how it came about.
struct TrailTests {
  private func ballot(_ name: DetectorName, _ leaning: Leaning, at time: Int) -> Ballot {
    Ballot(detector: name, evidence: Evidence(leaning, layer: .path, at: .at(time)))
  }

  @Test func isInOrderOfTimeAndMarksWhatDecided() {
    var record = Trail.Record()
    // Said later of an earlier moment.
    record.add(ballot("b", .suspicious, at: 20))
    record.add(ballot("a", .suspicious, at: 10))
    record.add(ballot("c", .alive, at: 30))
    let death = ballot("a", .dead, at: 40)
    record.add(death)
    let trail = record.trail(decidedBy: [death])
    #expect(trail.entries.map(\.ballot.detector) == ["a", "b", "c", "a"])
    #expect(trail.entries.map(\.hasDecided) == [false, false, false, true])
    #expect(trail.omitted == 0)
  }

  @Test func whatOnlyRepeatedItselfIsMarkedWhereItWasFirstSaid() {
    var record = Trail.Record()
    record.add(ballot("a", .suspicious, at: 10))
    let trail = record.trail(decidedBy: [ballot("a", .suspicious, at: 90)])
    #expect(trail.entries.map(\.hasDecided) == [true])
    #expect(trail.entries.first?.ballot.evidence.time == .at(10))
    // A decider that was never recorded is not lost.
    #expect(Trail.Record().trail(decidedBy: [ballot("monitor", .dead, at: 5)]).entries.count == 1)
  }

  @Test func isBoundedAndKeepsTheBeginningAndTheEnd() {
    var record = Trail.Record()
    for time in 0..<1000 { record.add(ballot("a", time % 2 == 0 ? .suspicious : .alive, at: time)) }
    let trail = record.trail(decidedBy: [])
    #expect(trail.entries.count == 24)
    #expect(trail.omitted == 976)
    #expect(trail.entries.prefix(4).map(\.ballot.evidence.time) == (0..<4).map { .at($0) })
    #expect(trail.entries.suffix(20).map(\.ballot.evidence.time) == (980..<1000).map { .at($0) })
  }
}
