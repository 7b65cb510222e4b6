import FlatlineCHeader
import FlatlineCore
import FlatlineTestSupport
import Testing

@testable import FlatlinePlugins

/// The opinion that a detector in C gives: taken where it is right, replaced where it is wrong. It never traps.
struct OpinionTests {
  private static let now = MonotonicTime(nanoseconds: 1_000)
  private let detector = MadeDetector()
  private var strings: Strings { detector.strings }

  /// The opinion that comes of C's, on a look with a reading and, if asked, an end.
  private func opinion(
    isEnded: Bool = false, _ change: (inout flatline_opinion) -> Void
  ) throws -> Opinion {
    change(&strings.opinion)
    var look = Look(now: Self.now, tcpInfo: TCPInfo(state: .established))
    if isEnded { look.end = ConnectionEnd(.peerReset, tcpInfo: TCPInfo(state: .close)) }
    return try #require(try detector.registered().makeDetector().once(look))
  }

  @Test func nothingNewIsNothing() throws {
    #expect(try opinion { _ in } == .unchanged)
  }

  @Test func evidenceIsTaken() throws {
    let opinion = try opinion { opinion in
      opinion.leaning = Int32(FLATLINE_LEANS_DEAD)
      opinion.layer = Int32(FLATLINE_LAYER_HOST)
      opinion.is_conclusive = 1
      opinion.is_half_close = 1
      opinion.readiness = Readiness.error.rawValue
      opinion.rests_on_reading = 1
      opinion.time_ns = 900
      opinion.lifetime_ns = 50
      opinion.next_ns = 5_000
      opinion.yields = 1
      CText.put("ownCause", in: &opinion.cause)
      opinion.fact_count = 4
      CText.put("tries", in: &opinion.facts.0.name)
      opinion.facts.0.value.integer = 7
      CText.put("phi", in: &opinion.facts.1.name)
      opinion.facts.1.kind = Int32(FLATLINE_LEVEL)
      opinion.facts.1.value.number = 1.5
      CText.put("age", in: &opinion.facts.2.name)
      opinion.facts.2.kind = Int32(FLATLINE_SPAN)
      opinion.facts.2.value.integer = 3_000
      CText.put("place", in: &opinion.facts.3.name)
      opinion.facts.3.kind = Int32(FLATLINE_TEXT)
      CText.put("Zürich", in: &opinion.facts.3.text)
      opinion.action_count = 1
      opinion.actions.0.kind = Int32(FLATLINE_PING)
    }
    let expected = Evidence(
      .dead, layer: .host, cause: Cause(rawValue: "ownCause"), at: MonotonicTime(nanoseconds: 900),
      lifetime: .nanoseconds(50), isConclusive: true, isHalfClose: true, readiness: .error,
      tcpInfo: TCPInfo(state: .established),
      notes: [
        .count("tries", 7), .level("phi", 1.5), .duration("age", .microseconds(3)), .text("place", "Zürich"),
      ], yieldsToNearerLayers: true)
    #expect(opinion == Opinion(expected, next: MonotonicTime(nanoseconds: 5_000), actions: [.ping]))
  }

  @Test func anEndIsConclusive() throws {
    let opinion = try opinion(isEnded: true) { $0.leaning = Int32(FLATLINE_SHOWS_END) }
    #expect(opinion.evidence?.isConclusive == true)
    #expect(opinion.evidence?.cause == .peerReset)
    #expect(opinion.evidence?.tcpInfo?.state == .close)
  }

  @Test func oneThatDoesNotAccuseNamesNoCause() throws {
    let opinion = try opinion { opinion in
      opinion.leaning = Int32(FLATLINE_LEANS_ALIVE)
      CText.put("pathSilent", in: &opinion.cause)
    }
    #expect(opinion.evidence?.leaning == .alive)
    #expect(opinion.evidence?.cause == nil)
  }

  private typealias Change = @Sendable (inout flatline_opinion) -> Void
  private static let wrong: [(change: Change, error: String)] = [
    (
      { $0.leaning = 9 },
      "opinion.leaning: found 9; allowed: FLATLINE_UNCHANGED to FLATLINE_SHOWS_END, 0 to 5"
    ),
    (
      { $0.leaning = -1 },
      "opinion.leaning: found -1; allowed: FLATLINE_UNCHANGED to FLATLINE_SHOWS_END, 0 to 5"
    ),
    (
      { $0.leaning = Int32(FLATLINE_SHOWS_END) },
      "opinion.leaning: found FLATLINE_SHOWS_END; allowed: another one where look.end is FLATLINE_OPEN"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        $0.layer = 5
      }, "opinion.layer: found 5; allowed: FLATLINE_LAYER_CONNECTION to FLATLINE_LAYER_LINK, 0 to 4"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        $0.time_ns = 1_500
      }, "opinion.time_ns: found 500 ns after the look; allowed: not later than it"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        withUnsafeMutableBytes(of: &$0.cause) { for index in $0.indices { $0[index] = UInt8(ascii: "x") } }
      }, "opinion.cause: found other bytes; allowed: UTF-8 on one line, ended by a NUL"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        withUnsafeMutableBytes(of: &$0.cause) { $0[0] = 0xFF }
      }, "opinion.cause: found other bytes; allowed: UTF-8 on one line, ended by a NUL"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        CText.put("\u{1B}[2J", in: &$0.cause)
      }, "opinion.cause: found other bytes; allowed: UTF-8 on one line, ended by a NUL"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        $0.fact_count = 9
      }, "opinion.fact_count: found 9; allowed: at most 8"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        $0.fact_count = 1
      }, "opinion.facts[0].name: found no text; allowed: UTF-8 on one line, ended by a NUL"
    ),
    (
      {
        $0.leaning = Int32(FLATLINE_LEANS_DEAD)
        $0.fact_count = 1
        CText.put("name", in: &$0.facts.0.name)
        $0.facts.0.kind = 4
      }, "opinion.facts[0].kind: found 4; allowed: FLATLINE_COUNT to FLATLINE_TEXT, 0 to 3"
    ),
    ({ $0.action_count = 9 }, "opinion.action_count: found 9; allowed: at most 8"),
    (
      { $0.action_count = 1 },
      "opinion.actions[0].kind: found 0; allowed: FLATLINE_PING or FLATLINE_SET"
    ),
    (
      {
        $0.action_count = 1
        $0.actions.0.kind = Int32(FLATLINE_SET)
        $0.actions.0.level = SocketOption.keepalive.level
        $0.actions.0.name = SocketOption.keepalive.name
      }, "opinion.actions[0]: found SO_KEEPALIVE; allowed: an option that needs.options declares"
    ),
  ]

  @Test(arguments: wrong.indices)
  func aWrongValueAbstainsAndSaysSo(_ index: Int) throws {
    let opinion = try opinion(Self.wrong[index].change)
    #expect(opinion.evidence?.leaning == .abstaining)
    #expect(opinion.evidence?.notes == [.text("plugin_error", Self.wrong[index].error)])
    #expect(opinion.next == nil && opinion.actions.isEmpty)
  }

  @Test func whatIsWrongIsSaidOnceAConnection() throws {
    let pair = try TCPPair.loopback(server: .silent)
    var detector = self.detector
    detector.raw.needs = { _, needs in needs?.pointee.period_ns = 1_000_000 }
    strings.opinion.leaning = 9
    let monitor = try Monitor(registry: DetectorRegistry().registering(detector.registered()))
    let log = VerdictLog()
    let policy = Policy(name: "made", detectors: [DetectorUse("made")], suspect: "made", dead: "made")
    let id = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    #expect(log.wait { (monitor.account.detectors.first?.looks ?? 0) > 10 })
    monitor.unwatch(id)
    #expect(log.ballots.map(\.detector) == ["made"])
    #expect(log.ballots.first?.evidence.notes.map(\.name) == ["plugin_error"])
    #expect(log.changes.isEmpty)
  }

  /// A state of each size that there is room for, and of one byte more.
  @Test(arguments: [1, 8, 9, 32, 33, 128, 129, 512, 513, 1024] as [UInt32])
  func stateIsZeroedAndKept(_ size: UInt32) throws {
    var detector = MadeDetector()
    detector.raw.state_size = size
    detector.settings = [MadeDetector.setting("size", FLATLINE_DURATION)]
    detector.settings[0].most.integer = 2_000
    detector.raw.begin = nil
    // Counts in its first and its last byte.
    detector.raw.examine = { _, settings, state, opinion in
      guard let state, let settings, let opinion else { return }
      let bytes = UnsafeMutableRawBufferPointer(start: state, count: Int(settings.pointee.integer))
      bytes[0] += 1
      if bytes.count > 1 { bytes[bytes.count - 1] += 1 }
      opinion.pointee.next_ns = UInt64(bytes.reduce(0) { $0 + Int($1) })
    }
    let made = try detector.registered().makeDetector(["size": .text("\(size)ns")])
    #expect(made.count(looks: 3) == (size == 1 ? [1, 2, 3] : [2, 4, 6]))
  }
}

extension Detector {
  /// The times that it asks for in looks at one connection.
  fileprivate func count(looks: Int) -> [UInt64] {
    guard var state = begin(Look(now: MonotonicTime(nanoseconds: 1))) else { return [] }
    return (0..<looks).compactMap { _ in
      examine(Look(now: MonotonicTime(nanoseconds: 1)), &state).next?.nanoseconds
    }
  }
}
