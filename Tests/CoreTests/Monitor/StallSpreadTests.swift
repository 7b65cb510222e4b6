import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// After the monitor slept, connections are looked at as far apart as before.
struct StallSpreadTests {
  @Test func looksDoNotFallTogetherAfterAStall() throws {
    let strings = PuppetStrings(needs: Needs(period: .seconds(1), leeway: .seconds(1)))
    let stage = try VirtualStage(strings, sockets: 5)
    for descriptor in 1...5 {
      _ = try stage.monitor.watch(CInt(descriptor), policy: .puppet)
      stage.run(.milliseconds(200))
    }
    stage.run(.seconds(3))
    let before = strings.looks.count
    stage.sleep(.milliseconds(700))
    stage.run(.milliseconds(1950))
    let due = strings.looks.dropFirst(before).filter(\.isDue).map(\.now)
    #expect(due.count == 10)
    for (earlier, later) in zip(due, due.dropFirst()) {
      #expect(later - earlier == .milliseconds(200))
    }
  }

  /// What a detector says of a stall is voted on in the turn after it, not at its next look.
  @Test func whatIsSaidOfAStallIsToldAtOnce() throws {
    let strings = PuppetStrings(needs: Needs(period: .seconds(10), firstLook: .seconds(1)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet, onEvent: log.take)
    strings.answer { look in
      look.stall > .zero
        ? Opinion(Evidence(.suspicious, layer: .path, cause: .pathSilent, at: look.now)) : .unchanged
    }
    stage.run(.milliseconds(1500))
    stage.sleep(.seconds(11))
    stage.run(.milliseconds(10))
    #expect(log.verdicts == [.suspect])
  }
}
