import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// The machine was suspended: CLOCK_BOOTTIME went on, CLOCK_MONOTONIC did not.
struct SuspensionTests {
  /// All are suspect at once. The living are alive again soon, and those that are gone are dead within one burst.
  @Test func everyConnectionIsSuspectAndAsked() throws {
    let stage = try VirtualStage(.builtIn, sockets: 2)
    let world = KeepaliveWorld(stage)
    let logs = [VerdictLog(), VerdictLog()]
    for (index, log) in logs.enumerated() {
      _ = try stage.monitor.watch(CInt(index + 1), policy: .keepaliveOnly) { log.take($0) }
    }
    world.run(.milliseconds(3500))
    #expect(logs.allSatisfy { $0.changes.isEmpty })
    stage.machine.suspend(.seconds(3600))
    world.gone = [2]
    let waking = stage.machine.now()
    world.run(.seconds(6))
    let (living, gone) = (logs[0], logs[1])
    #expect(living.verdicts == [.suspect, .alive])
    let suspicion = try #require(living.changes.first)
    #expect(suspicion.time - waking <= .seconds(1))
    #expect(suspicion.decidedBy.map(\.detector) == ["monitor"])
    #expect("\(suspicion.decidedBy)".contains("slept"))
    #expect(suspicion.cause != nil)
    let recovery = try #require(living.changes.last)
    #expect(recovery.time - suspicion.time <= .milliseconds(1200))
    #expect(gone.verdicts == [.suspect, .dead(.pathSilent)])
    let death = try #require(gone.changes.last)
    // Up to a second until the kernel sends a probe at all, and a burst.
    #expect(death.time - suspicion.time <= .milliseconds(2400))
    #expect("\(death.trail)".contains("slept"))
    #expect(stage.monitor.timeAsleep >= .seconds(3600))
  }

  /// A connection that was suspect already is found too.
  @Test func aBurstThatWasUnderWayBeginsAgainOnce() throws {
    let stage = try VirtualStage(.builtIn)
    let world = KeepaliveWorld(stage)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .keepaliveOnly) { log.take($0) }
    world.run(.milliseconds(1500))
    world.gone = [1]
    world.run(.milliseconds(1400))
    #expect(log.verdicts == [.suspect])
    stage.machine.suspend(.seconds(3600))
    let waking = stage.machine.now()
    world.run(.seconds(6))
    #expect(log.verdicts == [.suspect, .dead(.pathSilent)])
    let death = try #require(log.changes.last)
    #expect(death.time - waking <= .milliseconds(1600))
  }

  @Test func everyDetectorIsAskedOnce() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(400)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.run(.seconds(1))
    stage.machine.suspend(.seconds(60))
    stage.run(.seconds(5))
    let asked = strings.looks.filter { $0.isChallenged }
    #expect(asked.map(\.slept) == [.seconds(60)])
    #expect(log.verdicts == [.suspect])
    // A segment from the peer.
    stage.sockets.open[1]?.info.segmentsReceived += 1
    stage.run(.seconds(1))
    #expect(log.verdicts == [.suspect, .alive])
  }

  /// Nobody asks this peer: it is not suspect for ever.
  @Test func aSuspicionEnds() throws {
    let strings = PuppetStrings(needs: .every(.seconds(1)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.run(.seconds(1))
    stage.machine.suspend(.seconds(60))
    stage.run(.seconds(70))
    #expect(log.verdicts == [.suspect, .alive])
  }

  @Test func aShortOneIsNone() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(400)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    for _ in 0..<20 {
      stage.machine.suspend(.milliseconds(20))
      stage.run(.milliseconds(400))
    }
    #expect(log.changes.isEmpty)
    #expect(!strings.looks.contains { $0.slept > .zero })
  }

  /// An announced pause is not over because the machine slept.
  @Test func anAnnouncedPauseGoesOn() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(400)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let id = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    stage.run(.seconds(1))
    stage.monitor.expectPause(of: id, for: .seconds(10))
    stage.run(.seconds(1))
    stage.machine.suspend(.seconds(3))
    stage.run(.seconds(20))
    #expect(log.changes.isEmpty)
  }
}
