import Flatline
import FlatlineTestSupport
import Synchronization
import Testing

/// An accusation that does not suffice yet stands in full, until it does.
struct StandingAccusationTests {
  /// Said once, by the second of two detectors, and voted on later: the verdict has its cause and its decider.
  @Test func whatWasSaidWhileTheVerdictWasAliveDecidesLater() throws {
    let pair = try TCPPair.loopback()
    defer { pair.close() }
    let strings = Marionette.strings(7101)
    let isSaid = Mutex(false)
    strings.answer.withLock {
      $0 = { signal in
        let isNew = isSaid.withLock { said in
          defer { said = true }
          return !said
        }
        return isNew ? Evidence(.dead, layer: .process, cause: .peerHung, at: signal.now) : nil
      }
    }
    let policy = Policy(
      name: "patient-marionette",
      detectors: [.epoll(), DetectorUse(Marionette.name, ["strings": .integer(7101)])],
      suspect: "epoll", dead: .sustained("marionette", for: .milliseconds(100)))
    let monitor = try Monitor(registry: DetectorRegistry.builtIn.registering(Marionette.self))
    defer { monitor.shutDown() }
    let log = Log<VerdictChange>()
    let id = try monitor.watch(pair.client, policy: policy) { event in
      if case .verdict(let change) = event { log.add(change) }
    }
    #expect(eventually { !log.entries.isEmpty })
    monitor.unwatch(id)
    let change = try #require(log.entries.first)
    #expect(change.verdict == .dead(.peerHung))
    #expect(change.decidedBy.map(\.detector) == ["marionette"])
    #expect(change.trail.entries.map(\.hasDecided) == [true])
  }
}
