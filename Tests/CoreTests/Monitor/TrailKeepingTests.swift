import FlatlineTestKit
import FlatlineTestSupport
import Synchronization
import Testing

@testable import FlatlineCore

/// A monitor keeps a trail while something is wrong, and none after.
struct TrailKeepingTests {
  @Test func growsWithTheTroubleAndEndsWithIt() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(20)))
    let leanings = Mutex<[Leaning]>([.suspicious, .alive, .suspicious, .dead])
    // One opinion a beat; the last one stays.
    strings.answer { look in
      let now = look.now
      return leanings.withLock { list in
        guard let next = list.first else { return .unchanged }
        list.removeFirst()
        return Opinion(Evidence(next, layer: .path, cause: next > .alive ? .pathSilent : nil, at: now))
      }
    }
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy) { log.take($0) }
    stage.run(.seconds(1))
    #expect(log.changes.last?.verdict.isDead == true)
    let trails = log.changes.map { $0.trail.entries.map(\.ballot.evidence.leaning) }
    #expect(
      trails == [
        [.suspicious], [.suspicious, .alive], [.suspicious], [.suspicious, .dead],
      ])
    #expect(log.changes.map { $0.trail.entries.last?.hasDecided } == [true, false, true, true])
    for change in log.changes {
      let times = change.trail.entries.map(\.ballot.evidence.time)
      #expect(times == times.sorted())
    }
  }
}
