import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// A death is told once and is final. What speaks for life after it is told as a mistake, once.
struct FinalDeathTests {
  /// One puppet, one connection, no time.
  private final class Stage {
    let machine = VirtualMachine()
    let sockets = VirtualSockets()
    let strings = PuppetStrings()
    let monitor: Monitor
    let id: ConnectionID
    private let events: Log<WatchEvent>

    init() throws {
      let events = Log<WatchEvent>()
      self.events = events
      sockets.open[1] = ScriptedSocket(.connected)
      let registry = DetectorRegistry().registering(PuppetDetector(strings: strings))
      monitor = try Monitor(
        registry: registry, system: MonitorSystem(clock: machine, queue: machine, sockets: sockets))
      id = try monitor.watch(1, policy: .puppet) { events.add($0) }
    }

    func run(_ duration: Duration = .milliseconds(100)) { machine.run(monitor, for: duration) }

    var verdicts: [Verdict] {
      events.entries.compactMap { if case .verdict(let change) = $0 { change.verdict } else { nil } }
    }

    var mistakes: [Mistake] {
      events.entries.compactMap { if case .mistake(let mistake) = $0 { mistake } else { nil } }
    }

    var count: Int { events.entries.count }
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
    let events = Log<WatchEvent>()
    let id = try stage.monitor.watch(1, policy: .puppet) { events.add($0) }
    stage.run()
    #expect(stage.monitor.verdict(of: id) == .alive)
    stage.strings.lean(.dead, cause: .stalled)
    stage.run()
    #expect(stage.monitor.verdict(of: id) == .dead(.stalled))
    #expect(stage.mistakes.count == 1)
  }
}

extension TCPInfo {
  /// Of a connection that is up.
  static var connected: TCPInfo {
    var info = TCPInfo(state: .established)
    info.segmentsSent = 2
    info.segmentsReceived = 1
    info.sendWindow = 65_536
    return info
  }
}

extension Policy {
  /// A puppet alone.
  static let puppet = Policy(
    name: "puppet", detectors: [DetectorUse("puppet")], suspect: "puppet", dead: "puppet")
}
