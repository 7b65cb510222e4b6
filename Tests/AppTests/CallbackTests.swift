import Flatline
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// Pings, failures of a protocol, handlers and what they hold watch, unwatch and shut down whatever they like: no watch but those
/// that they end takes harm.
@Suite(.timeLimit(.minutes(1)))
struct CallbackTests {
  // MARK: Pings

  /// At its first ping, or at one of those in whose turn the silent peer becomes suspect or dead.
  @Test(arguments: [
    (1, PingOutcome.sent), (1, .notNow), (1, .never), (4, .sent), (5, .sent), (6, .sent), (10, .sent),
  ])
  func aPingMayUnwatchItsOwnConnection(_ number: Int, _ outcome: PingOutcome) throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let (pings, others) = (Counter(), Counter())
    let own = Mutex<ConnectionID?>(nil)
    // Under the lock of the id, so that the ping finds it.
    try own.withLock { id in
      id = try monitor.watch(
        pair.client, policy: .beat,
        pinger: AppPinger {
          pings.add()
          guard pings.count == number else { return .sent }
          if let id = own.withLock({ $0 }) { monitor.unwatch(id) }
          return outcome
        })
    }
    #expect(eventually { own.withLock { $0 }.map { monitor.verdict(of: $0) == nil } == true })
    // In the slot that the first gave up.
    let told = Mutex<[Verdict]>([])
    let id = try monitor.watch(other.client, policy: .beat, pinger: other.pinger(counting: others)) { event in
      if case .verdict(let change) = event { told.withLock { $0.append(change.verdict) } }
    }
    #expect(eventually { others.count >= 20 })
    #expect(pings.count == number)
    #expect(told.withLock { $0 }.isEmpty)
    other.serverHangs()
    #expect(eventually { monitor.verdict(of: id) == .dead(.peerHung) })
  }

  @Test(arguments: [PingOutcome.sent, .notNow, .never])
  func aPingMayUnwatchAndWatchAnother(_ outcome: PingOutcome) throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let pings = Counter()
    let ids = Mutex<(old: ConnectionID?, new: ConnectionID?)>((nil, nil))
    let verdicts = Mutex<[Verdict]>([])
    try ids.withLock { both in
      both.old = try monitor.watch(
        pair.client, policy: .beat,
        pinger: AppPinger {
          ids.withLock { both in
            both.old.map(monitor.unwatch)
            both.new = try? monitor.watch(
              other.client, policy: .beat, pinger: other.pinger(counting: pings)
            ) { event in
              if case .verdict(let change) = event { verdicts.withLock { $0.append(change.verdict) } }
            }
          }
          return outcome
        })
    }
    #expect(eventually { pings.count >= 10 })
    #expect(verdicts.withLock { $0 }.isEmpty)
    other.serverHangs()
    #expect(eventually { verdicts.withLock { $0.last } == .dead(.peerHung) })
  }

  /// Where the failure shows: in a read that the monitor asks for, or in a ping of an app that reads its stream then.
  private enum Reader: CaseIterable { case monitor, ping }

  @Test(arguments: Reader.allCases) private func aFailureOfTheProtocolMayReconnect(_ reader: Reader) throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let (pings, answers) = (Counter(), Counter())
    let ids = Mutex<(old: ConnectionID?, new: ConnectionID?)>((nil, nil))
    let told = Mutex<[Verdict]>([])
    let failing = ProtocolPinger(RedisHeartbeat(), on: pair.client) { _ in
      ids.withLock { both in
        both.old.map(monitor.unwatch)
        pair.clientCloses()
        let pinger = CountingPinger(
          base: ProtocolPinger(EchoHeartbeat(), on: other.client), pings: pings, answers: answers)
        both.new = try? monitor.watch(other.client, policy: .beat, pinger: pinger) { event in
          if case .verdict(let change) = event { told.withLock { $0.append(change.verdict) } }
        }
      }
    }
    let pinger: any Pinger =
      switch reader {
      case .monitor: failing
      case .ping:
        AppPinger {
          _ = failing.receive()
          return failing.sendPing()
        }
      }
    let old = try ids.withLock { both in
      let id = try monitor.watch(pair.client, policy: .beat, pinger: pinger)
      both.old = id
      return id
    }
    // What is said of the old one is not said of the new one, that it is well again included.
    #expect(eventually { monitor.verdict(of: old) == .suspect })
    try pair.serverSends("HTTP/1.1 400 Bad Request\r\n\r\n")
    #expect(eventually { pings.count >= 10 && answers.count >= 10 })
    let new = try #require(ids.withLock { $0.new })
    #expect(monitor.verdict(of: new) == .alive)
    #expect(told.withLock { $0 }.isEmpty)
    other.serverHangs()
    #expect(eventually { monitor.verdict(of: new) == .dead(.peerHung) })
    #expect(eventually { told.withLock { $0 } == [.suspect, .dead(.peerHung)] })
  }

  /// The new connection gets the number of the descriptor that the ping closed.
  @Test func aPingMayReplaceItsConnectionUnderTheSameDescriptor() throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let pings = Counter()
    let ids = Mutex<(old: ConnectionID?, new: ConnectionID?)>((nil, nil))
    try ids.withLock { both in
      both.old = try monitor.watch(
        pair.client, policy: .beat,
        pinger: AppPinger {
          ids.withLock { both in
            both.old.map(monitor.unwatch)
            dup2(other.client, pair.client)
            both.new = try? monitor.watch(
              pair.client, policy: .beat, pinger: other.pinger(counting: pings))
          }
          return .never
        })
    }
    #expect(eventually { pings.count >= 10 })
    let new = try #require(ids.withLock { $0.new })
    #expect(monitor.verdict(of: new) == .alive)
  }

  // MARK: What goes with a watch

  private enum Act: CaseIterable { case watch, unwatch, shutDown }
  private enum Holder: CaseIterable { case handler, pinger }

  @Test(arguments: Act.allCases, Holder.allCases)
  private func whatAWatchHoldsMayCallTheMonitorAsItGoes(_ act: Act, _ holder: Holder) throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let third = try TCPPair.loopback(server: .echoes)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let pings = Counter()
    let bystander = try monitor.watch(other.client, policy: .beat, pinger: other.pinger(counting: pings))
    let isGone = Flag()
    var farewell: Farewell? = Farewell {
      switch act {
      case .watch: _ = try? monitor.watch(third.client, policy: .beat, pinger: third.pinger(counting: pings))
      case .unwatch: monitor.unwatch(bystander)
      case .shutDown: monitor.shutDown()
      }
      isGone.set()
    }
    let own = Mutex<ConnectionID?>(nil)
    // The connection ends itself in a callback: what it holds goes while a turn is running.
    try own.withLock { [farewell] id in
      id = try monitor.watch(
        pair.client, policy: .beat,
        pinger: AppPinger { [held = holder == .pinger ? farewell : nil] in
          withExtendedLifetime(held) {
            if let id = own.withLock({ $0 }) { monitor.unwatch(id) }
          }
          return .never
        },
        onEvent: { [held = holder == .handler ? farewell : nil] _ in withExtendedLifetime(held) {} })
    }
    farewell = nil
    #expect(eventually { isGone.isSet })
    switch act {
    case .watch:
      let count = pings.count
      #expect(eventually { pings.count >= count + 10 })
      #expect(throws: WatchError.alreadyWatched(descriptor: third.client)) {
        try monitor.watch(third.client, policy: .beat)
      }
    case .unwatch: #expect(monitor.verdict(of: bystander) == nil)
    case .shutDown: #expect(throws: WatchError.shutDown) { try monitor.watch(pair.client, policy: .beat) }
    }
  }

  // MARK: Handlers

  /// Twenty connections end in one turn; the first handler unwatches all of them and watches twenty more in their slots.
  @Test func aHandlerMayReplaceEveryConnectionOfItsBatch() throws {
    let old = try (0..<20).map { _ in try TCPPair.loopback(server: .silent) }
    let new = try (0..<20).map { _ in try TCPPair.loopback(server: .silent) }
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    defer { monitor.shutDown() }
    let ids = Mutex<[ConnectionID]>([])
    let told = Mutex<[ConnectionID]>([])
    let handler: @Sendable (WatchEvent) -> Void = { event in
      told.withLock { $0.append(event.connection) }
      ids.withLock { ids in
        guard ids.count == 20 else { return }
        for id in ids { monitor.unwatch(id) }
        for pair in new {
          guard
            let id = try? monitor.watch(
              pair.client, policy: .epollOnly,
              onEvent: {
                event in told.withLock { $0.append(event.connection) }
              })
          else { continue }
          ids.append(id)
        }
      }
    }
    for pair in old {
      let id = try monitor.watch(pair.client, policy: .epollOnly, onEvent: handler)
      ids.withLock { $0.append(id) }
    }
    for pair in old { pair.serverResets() }
    #expect(driving(monitor) { ids.withLock { $0.count } == 40 })
    #expect(told.withLock { $0.count } == 1)
    for pair in new { pair.serverResets() }
    let watched = ids.withLock { $0.suffix(20) }
    #expect(driving(monitor) { watched.allSatisfy { monitor.verdict(of: $0)?.isDead == true } })
    #expect(Set(told.withLock { $0 }.dropFirst()) == Set(watched))
  }

  /// An edge-triggered event is reported once: a turn that a handler asks for must not take it.
  @Test func aTurnInsideAHandlerDoesNothingAndLosesNothing() throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .silent))
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    defer { monitor.shutDown() }
    let depth = Mutex(0)
    let deepest = Mutex(0)
    let nested = try monitor.watch(other.client, policy: .epollOnly) { _ in
      depth.withLock { depth in deepest.withLock { $0 = max($0, depth) } }
    }
    let isReset = Flag()
    _ = try monitor.watch(pair.client, policy: .epollOnly) { _ in
      guard !isReset.isSet else { return }
      isReset.set()
      other.serverResets()
      depth.withLock { $0 += 1 }
      monitor.process()
      depth.withLock { $0 -= 1 }
    }
    pair.serverResets()
    #expect(driving(monitor) { isReset.isSet })
    #expect(driving(monitor) { monitor.verdict(of: nested)?.isDead == true })
    #expect(deepest.withLock { $0 } == 0)
  }
}

/// Does something as it goes.
private final class Farewell: Sendable {
  private let act: @Sendable () -> Void
  init(_ act: @escaping @Sendable () -> Void) { self.act = act }
  deinit { act() }
}

/// Counts the pings that are sent and the reads that bring bytes.
private struct CountingPinger: Pinger {
  let base: ProtocolPinger
  let pings: Counter
  let answers: Counter

  var readsStream: Bool { base.readsStream }

  func sendPing() -> PingOutcome {
    let outcome = base.sendPing()
    if outcome == .sent { pings.add() }
    return outcome
  }

  func receive() -> StreamReception {
    let reception = base.receive()
    if reception.bytes > 0 { answers.add() }
    return reception
  }
}

private final class Counter: Sendable {
  private let value = Atomic(0)
  var count: Int { value.load(ordering: .acquiring) }
  func add() { value.add(1, ordering: .acquiringAndReleasing) }
}

extension TCPPair {
  /// Sends a byte, which an echoing server answers: bytes that the kernel received are life.
  fileprivate func pinger(counting pings: Counter) -> AppPinger {
    AppPinger { [client] in
      pings.add()
      send(client, "?", 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      return .sent
    }
  }
}

extension Policy {
  /// The heartbeat alone, and fast.
  fileprivate static let beat = Policy("beat") {
    DetectorUse.heartbeat(interval: .milliseconds(50), misses: 10)
  } suspect: {
    "heartbeat"
  } dead: {
    "heartbeat"
  }
}

/// Drives a monitor, at most five seconds, until `condition` holds.
private func driving(_ monitor: Monitor, _ condition: () -> Bool) -> Bool {
  eventually {
    monitor.process()
    return condition()
  }
}
