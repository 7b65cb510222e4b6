import Flatline
import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Testing

/// Options belong to the app: what the first watch found comes back when the last lets go, and what the app sets meanwhile stays.
@Suite(.timeLimit(.minutes(1)))
struct OptionOwnershipTests {
  private let access = LiveSocketAccess()
  private static let declared: [SocketOption] = [
    .keepalive, .keepaliveIdle, .keepaliveInterval, .keepaliveCount, .userTimeout,
  ]

  private func options(of descriptor: CInt) throws -> [SocketOption: CInt] {
    var values: [SocketOption: CInt] = [:]
    for option in Self.declared { values[option] = try access.option(option, of: descriptor) }
    return values
  }

  private func isHeld(_ descriptor: CInt) throws -> Bool {
    OptionRegistry.process.holds(cookie: try access.cookie(descriptor))
  }

  // MARK: Several watches of one socket

  /// How the second watch reaches the socket.
  enum Second: CaseIterable { case anotherMonitor, aDuplicate }

  @Test(arguments: Second.allCases, [false, true])
  func theFirstValuesComeBackWhenTheLastLetsGo(_ second: Second, firstLetsGoFirst: Bool) throws {
    let pair = try TCPPair.loopback()
    let duplicate = dup(pair.client)
    defer { close(duplicate) }
    try access.setOption(.keepaliveIdle, of: pair.client, to: 1234)
    let originals = try options(of: pair.client)
    let (one, other) = (try Monitor(), try Monitor())
    defer {
      one.shutDown()
      other.shutDown()
    }
    let first = try one.watch(pair.client, policy: .holding(idle: 5, timeout: 5000))
    let holder = second == .anotherMonitor ? other : one
    let later = try holder.watch(
      second == .anotherMonitor ? pair.client : duplicate, policy: .holding(idle: 3, timeout: 3000))
    // The latest is in force.
    #expect(try options(of: pair.client)[.keepaliveIdle] == 3)
    #expect(try options(of: pair.client)[.userTimeout] == 3000)
    if firstLetsGoFirst { one.unwatch(first) } else { holder.unwatch(later) }
    #expect(try options(of: pair.client)[.keepalive] == 1)
    #expect(try options(of: pair.client)[.keepaliveIdle] == (firstLetsGoFirst ? 3 : 5))
    #expect(try options(of: pair.client)[.userTimeout] == (firstLetsGoFirst ? 3000 : 5000))
    if firstLetsGoFirst { holder.unwatch(later) } else { one.unwatch(first) }
    #expect(try options(of: pair.client) == originals)
    #expect(try !isHeld(pair.client))
  }

  /// The first closes its descriptor without a word; the second still knows what it found.
  @Test func aDuplicateOutlivesADescriptorThatIsClosedUnderItsWatch() throws {
    let pair = try TCPPair.loopback()
    let duplicate = dup(pair.client)
    defer { close(duplicate) }
    let originals = try options(of: duplicate)
    let monitor = try Monitor(registry: .pulled(PuppetStrings()))
    defer { monitor.shutDown() }
    let first = try monitor.watch(pair.client, policy: .pulledHolding(idle: 5))
    let later = try monitor.watch(duplicate, policy: .holding(idle: 3, timeout: 3000))
    pair.clientCloses()
    #expect(eventually { monitor.verdict(of: first) == .dead(.localClosed) })
    monitor.unwatch(first)
    #expect(try options(of: duplicate)[.keepaliveIdle] == 3)
    monitor.unwatch(later)
    #expect(try options(of: duplicate) == originals)
    #expect(try !isHeld(duplicate))
  }

  // MARK: The app

  @Test func aValueThatTheAppSetsStays() throws {
    let pair = try TCPPair.loopback()
    let originals = try options(of: pair.client)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let id = try monitor.watch(pair.client, policy: .holding(idle: 50, timeout: 50_000))
    try access.setOption(.keepaliveIdle, of: pair.client, to: 77)
    monitor.unwatch(id)
    var expected = originals
    expected[.keepaliveIdle] = 77
    #expect(try options(of: pair.client) == expected)
    #expect(try !isHeld(pair.client))
  }

  /// An option and the app's value. It is noticed at the next look that has heard nothing since the look before, and else within
  /// sixteen.
  @Test(
    arguments: [
      (SocketOption.keepalive, CInt(0)), (.keepaliveIdle, 77), (.keepaliveInterval, 78),
      (.keepaliveCount, 79),
      (.userTimeout, 8000),
    ], [true, false])
  func aValueThatTheAppSetsIsNoticed(_ set: (option: SocketOption, value: CInt), isQuiet: Bool) throws {
    let (option, value) = set
    let pair = try TCPPair.loopback()
    let originals = try options(of: pair.client)
    let (strings, events) = (PuppetStrings(needs: Needs(period: .milliseconds(5))), Log<WatchEvent>())
    let monitor = try Monitor(registry: .pulled(strings), drive: .application) { events.add($0) }
    defer { monitor.shutDown() }
    let id = try monitor.watch(pair.client, policy: .pulledHolding(idle: 50))
    func looks(_ enough: () -> Bool) -> Bool {
      eventually {
        if !isQuiet { try? pair.serverSends("x") }
        monitor.process()
        return enough()
      }
    }
    #expect(looks { strings.looks.count >= 10 })
    #expect(events.entries.isEmpty)
    let before = strings.looks.count
    try access.setOption(option, of: pair.client, to: value)
    #expect(looks { !events.entries.isEmpty })
    #expect(strings.looks.count - before <= (isQuiet ? 1 : 16))
    let fact = Fact.text("option_changed", "\(option)=\(value)")
    let changes = events.entries.compactMap { event -> Ballot? in
      if case .evidence(id, let ballot) = event, ballot.evidence.notes.contains(fact) { ballot } else { nil }
    }
    #expect(changes.map(\.detector) == [option == .userTimeout ? "user-timeout" : "keepalive"])
    // Said once.
    let count = strings.looks.count
    #expect(looks { strings.looks.count >= count + 10 })
    #expect(events.entries.filter { "\($0)".contains("option_changed") }.count == 1)
    #expect(monitor.verdict(of: id) == .alive)
    monitor.unwatch(id)
    var expected = originals
    expected[option] = value
    #expect(try options(of: pair.client) == expected)
    #expect(try !isHeld(pair.client))
  }

  /// The app sets an option that two watches hold. One has noticed, the other has not had a look since; a third begins. The
  /// second lets go of nothing that is the third's.
  @Test func aWatchLetsGoOfNothingThatIsALaterOnes() throws {
    let pair = try TCPPair.loopback()
    let events = Log<WatchEvent>()
    let noticing = try Monitor(
      registry: .pulled(PuppetStrings(needs: Needs(period: .milliseconds(5)))), drive: .application
    ) { events.add($0) }
    let (sleeping, late) = (
      try Monitor(registry: .builtIn, drive: .application),
      try Monitor(registry: .builtIn, drive: .application)
    )
    defer { for monitor in [noticing, sleeping, late] { monitor.shutDown() } }
    let second = try sleeping.watch(pair.client, policy: .timeout(50_000))
    let first = try noticing.watch(pair.client, policy: .pulledHolding(idle: 50))
    try access.setOption(.userTimeout, of: pair.client, to: 7000)
    #expect(
      eventually {
        noticing.process()
        return !events.entries.isEmpty
      })
    noticing.unwatch(first)
    let third = try late.watch(pair.client, policy: .timeout(40_000))
    sleeping.unwatch(second)
    #expect(try access.option(.userTimeout, of: pair.client) == 40_000)
    late.unwatch(third)
    #expect(try access.option(.userTimeout, of: pair.client) == 7000)
    #expect(try !isHeld(pair.client))
  }

  /// Two detectors of one policy hold one option: the firm value is in force, and the first comes back.
  @Test func twoDetectorsOfOnePolicyMayHoldOneOption() throws {
    let pair = try TCPPair.loopback()
    let (one, two) = (
      PuppetStrings(needs: Needs(options: [HeldOption(.userTimeout, 5000, isRequired: true)])),
      PuppetStrings(
        needs: Needs(options: [
          HeldOption(.keepaliveIdle, 50),
          HeldOption(.userTimeout, 924_600, if: .ifZero(with: .keepaliveIdle)),
        ]))
    )
    let registry = DetectorRegistry().registering(FirstHolder(strings: one))
      .registering(SecondHolder(strings: two))
    let originals = try options(of: pair.client)
    let monitor = try Monitor(registry: registry)
    defer { monitor.shutDown() }
    let policy = Policy(
      name: "two", detectors: [DetectorUse("first-holder"), DetectorUse("second-holder")],
      suspect: "first-holder", dead: "first-holder")
    let id = try monitor.watch(pair.client, policy: policy)
    #expect(try access.option(.userTimeout, of: pair.client) == 5000)
    monitor.unwatch(id)
    #expect(try options(of: pair.client) == originals)
    #expect(try !isHeld(pair.client))
  }

  // MARK: Nothing is left

  @Test func aSocketThatIsClosedUnderItsWatchIsForgotten() throws {
    let pair = try TCPPair.loopback()
    let cookie = try access.cookie(pair.client)
    let monitor = try Monitor(registry: .pulled(PuppetStrings()))
    defer { monitor.shutDown() }
    let id = try monitor.watch(pair.client, policy: .pulledHolding(idle: 5))
    #expect(OptionRegistry.process.holds(cookie: cookie))
    pair.clientCloses()
    #expect(eventually { monitor.verdict(of: id) == .dead(.localClosed) })
    #expect(!OptionRegistry.process.holds(cookie: cookie))
    monitor.unwatch(id)
  }

  @Test func aThousandSocketsLeaveNothingBehind() throws {
    let pairs = try (0..<1000).map { _ in try TCPPair.loopback(server: .silent) }
    let cookies = try pairs.map { try access.cookie($0.client) }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let ids = try pairs.map { try monitor.watch($0.client, policy: .holding(idle: 50, timeout: 50_000)) }
    #expect(cookies.allSatisfy { OptionRegistry.process.holds(cookie: $0) })
    for id in ids { monitor.unwatch(id) }
    #expect(!cookies.contains { OptionRegistry.process.holds(cookie: $0) })
  }
}

private struct FirstHolder: FlatlineTestKit.Puppet {
  static let name: DetectorName = "first-holder"
  let strings: PuppetStrings
}

private struct SecondHolder: FlatlineTestKit.Puppet {
  static let name: DetectorName = "second-holder"
  let strings: PuppetStrings
}

extension DetectorRegistry {
  fileprivate static func pulled(_ strings: PuppetStrings) -> DetectorRegistry {
    builtIn.registering(PuppetDetector(strings: strings))
  }
}

extension Policy {
  /// Keepalive and TCP_USER_TIMEOUT.
  fileprivate static func holding(idle: Int, timeout: Int) -> Policy {
    Policy("holding-\(idle)-\(timeout)") {
      DetectorUse.keepalive(idle: .seconds(idle))
      DetectorUse.userTimeout(.milliseconds(timeout), sparesStalled: false)
    } suspect: {
      "keepalive"
    } dead: {
      "keepalive"
      "user-timeout"
    }
  }

  /// The same, and a puppet that has the connection looked at every few milliseconds.
  fileprivate static func pulledHolding(idle: Int) -> Policy {
    var policy = holding(idle: idle, timeout: 1000 * idle)
    policy.name = "pulled-\(idle)"
    policy.detectors.append(DetectorUse("puppet"))
    policy.suspect = "puppet"
    return policy
  }

  fileprivate static func timeout(_ milliseconds: Int) -> Policy {
    Policy("timeout-\(milliseconds)") {
      DetectorUse.userTimeout(.milliseconds(milliseconds), sparesStalled: false)
    } suspect: {
      "user-timeout"
    } dead: {
      "user-timeout"
    }
  }
}
