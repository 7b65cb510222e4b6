import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// A death is told once and is final. What speaks for life after it is told as a mistake, once.
struct FinalDeathTests {
  /// One puppet, one connection, no time.
  private final class Stage {
    let strings = PuppetStrings()
    let stage: VirtualStage
    let id: ConnectionID
    private let log = VerdictLog()

    init() throws {
      stage = try VirtualStage(strings)
      id = try stage.monitor.watch(1, policy: .puppet, onEvent: log.take)
    }

    var monitor: Monitor { stage.monitor }
    var machine: VirtualMachine { stage.machine }
    var sockets: VirtualSockets { stage.sockets }

    func run(_ duration: Duration = .milliseconds(100)) { stage.run(duration) }

    var verdicts: [Verdict] { log.verdicts }
    var mistakes: [Mistake] { log.mistakes }
    var count: Int { log.events.count }
  }

  @Test func lifeAfterADeathIsAMistakeAndNoVerdict() throws {
    let stage = try Stage()
    stage.run()
    #expect(stage.count == 0)
    stage.strings.lean(.dead, cause: .peerHung)
    stage.run()
    #expect(stage.verdicts == [.dead(.peerHung)])
    #expect(stage.mistakes.isEmpty)
    stage.strings.lean(.alive)
    stage.run()
    #expect(stage.verdicts == [.dead(.peerHung)])
    #expect(stage.mistakes.map(\.connection) == [stage.id])
    #expect(stage.mistakes.map(\.cause) == [.peerHung])
    #expect(stage.mistakes.map(\.ballot.detector) == ["puppet"])
    #expect(stage.mistakes.map(\.ballot.evidence.leaning) == [.alive])
    #expect(stage.monitor.verdict(of: stage.id) == .dead(.peerHung))
  }

  @Test func nothingIsSaidAfterAMistake() throws {
    let stage = try Stage()
    stage.strings.lean(.dead, cause: .peerHung)
    stage.run()
    stage.strings.lean(.alive)
    stage.run()
    let (count, looks) = (stage.count, stage.strings.looks.count)
    for leaning in [Leaning.suspicious, .dead, .alive, .dead] {
      stage.strings.lean(leaning, cause: leaning > .alive ? .pathSilent : nil)
      stage.machine.report([.readHangUp, .hangUp], of: 1)
      stage.run()
    }
    #expect(stage.count == count)
    #expect(stage.strings.looks.count == looks)
    #expect(stage.monitor.verdict(of: stage.id) == .dead(.peerHung))
  }

  @Test func aSuspicionAfterADeathIsNoVerdict() throws {
    let stage = try Stage()
    stage.strings.lean(.dead, cause: .peerHung)
    stage.run()
    stage.strings.lean(.suspicious, cause: .peerHung)
    stage.run()
    #expect(stage.verdicts == [.dead(.peerHung)])
    #expect(stage.mistakes.isEmpty)
    stage.strings.lean(.alive)
    stage.run()
    #expect(stage.verdicts == [.dead(.peerHung)])
    #expect(stage.mistakes.count == 1)
  }

  /// What the kernel has ended is no mistake, whatever anybody says.
  @Test func anEndOfTheKernelIsNoMistake() throws {
    let stage = try Stage()
    stage.sockets.open[1]?.info.state = .close
    stage.strings.lean(.dead, cause: .peerReset, isConclusive: true)
    stage.run()
    stage.strings.lean(.alive)
    stage.run()
    #expect(stage.verdicts == [.dead(.peerReset)])
    #expect(stage.mistakes.isEmpty)
  }

  /// Another watch of the same socket begins anew.
  @Test func aNewWatchHasNoMemoryOfTheDeath() throws {
    let stage = try Stage()
    stage.strings.lean(.dead, cause: .peerHung)
    stage.run()
    stage.strings.lean(.alive)
    stage.run()
    stage.monitor.unwatch(stage.id)
    let id = try stage.monitor.watch(1, policy: .puppet)
    stage.run()
    #expect(stage.monitor.verdict(of: id) == .alive)
    stage.strings.lean(.dead, cause: .stalled)
    stage.run()
    #expect(stage.monitor.verdict(of: id) == .dead(.stalled))
    #expect(stage.mistakes.count == 1)
  }
}
