import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// What a callback did to a watch, or to its descriptor, is seen before anything is done next.
struct CallbackIdentityTests {
  private struct Stage {
    let machine = VirtualMachine()
    let sockets = VirtualSockets()
    let strings: PuppetStrings
    let monitor: Monitor

    init(_ needs: Needs = Needs(period: .milliseconds(5)), sockets count: Int = 1) throws {
      strings = PuppetStrings(needs: needs)
      for number in 1...count {
        let socket = ScriptedSocket(.connected)
        socket.cookie = UInt64(number)
        sockets.open[CInt(number)] = socket
      }
      monitor = try Monitor(
        registry: DetectorRegistry().registering(PuppetDetector(strings: strings)),
        system: MonitorSystem(clock: machine, queue: machine, sockets: sockets))
    }
  }

  /// The new socket has the number that the ping closed: nothing is set on it.
  @Test func aPingThatReplacesItsSocketHasNothingSetOnTheNewOne() throws {
    let stage = try Stage(
      Needs(period: .milliseconds(5), options: [HeldOption(.keepaliveIdle, 7)]), sockets: 2)
    let sockets = Unchecked(stage.sockets)
    // The new socket looks like ours: its app has set what we hold.
    stage.sockets.open[2]?.options[.keepaliveIdle] = 7
    let pinger = AppPinger {
      sockets.value.open[1] = sockets.value.open[2]
      return .sent
    }
    let id = try stage.monitor.watch(1, policy: .puppet, pinger: pinger)
    stage.strings.answer { _ in Opinion(actions: [.ping, .set(.keepaliveIdle, to: 9)]) }
    stage.machine.run(stage.monitor, for: .milliseconds(50))
    #expect(stage.sockets.open[2]?.settings == [])
    #expect(stage.monitor.verdict(of: id) == .dead(.localClosed))
  }

  private struct ReplacingReader: Pinger {
    let sockets: Unchecked<VirtualSockets>
    var readsStream: Bool { true }
    func sendPing() -> PingOutcome { .notNow }
    func receive() -> StreamReception {
      sockets.value.open[1] = sockets.value.open[2]
      return StreamReception(bytes: 0)
    }
  }

  @Test func aReadThatReplacesItsSocketEndsTheLook() throws {
    let stage = try Stage(
      Needs(period: .milliseconds(5), options: [HeldOption(.keepaliveIdle, 7)]), sockets: 2)
    let id = try stage.monitor.watch(
      1, policy: .puppet, pinger: ReplacingReader(sockets: Unchecked(stage.sockets)))
    stage.strings.answer { _ in Opinion(actions: [.set(.keepaliveIdle, to: 9)]) }
    stage.machine.run(stage.monitor, for: .milliseconds(50))
    #expect(stage.sockets.open[2]?.settings == [])
    #expect(stage.monitor.verdict(of: id) == .dead(.localClosed))
    #expect(stage.strings.looks.isEmpty)
  }

  /// A ping at the end of a stall unwatches a connection that is still to be told of it, and watches another in its slot: that one
  /// slept through nothing.
  @Test func whatIsWatchedDuringAStallIsNotMovedOn() throws {
    let stage = try Stage(sockets: 3)
    let others = PuppetStrings(needs: Needs(period: .milliseconds(5)))
    let monitor = try Monitor(
      registry: DetectorRegistry().registering(PuppetDetector(strings: stage.strings))
        .registering(OtherPuppet(strings: others)),
      system: MonitorSystem(clock: stage.machine, queue: stage.machine, sockets: stage.sockets))
    let ids = Log<ConnectionID>()
    let pinger = AppPinger {
      guard ids.entries.count == 1 else { return .sent }
      monitor.unwatch(ids.entries[0])
      if let id = try? monitor.watch(3, policy: .otherPuppet) { ids.add(id) }
      return .sent
    }
    _ = try monitor.watch(1, policy: .puppet, pinger: pinger)
    ids.add(try monitor.watch(2, policy: .puppet))
    stage.strings.answer { $0.stall > .zero && $0.canPing ? Opinion(actions: [.ping]) : .unchanged }
    stage.machine.run(monitor, for: .milliseconds(50))
    stage.machine.pass(.seconds(3600))
    stage.machine.run(monitor, for: .milliseconds(100))
    #expect(ids.entries.count == 2)
    #expect(others.looks.allSatisfy { $0.stall == .zero })
    #expect(others.looks.count >= 10)
  }
}

/// A second puppet.
private struct OtherPuppet: FlatlineTestKit.Puppet {
  static let name: DetectorName = "other-puppet"
  let strings: PuppetStrings
}

extension Policy {
  fileprivate static let otherPuppet = Policy(
    name: "other-puppet", detectors: [DetectorUse("other-puppet")], suspect: "other-puppet",
    dead: "other-puppet")
}
