import FlatlineCore
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// A detector of one's own with something shared by all its connections: here a pipe that the test writes to.
private struct Bell: Detector {
  /// One bell a registry would not do for tests that run side by side: bells by their number.
  final class Tower: Sendable {
    struct State: Sendable {
      var attached: [ConnectionID] = []
      var detached: [ConnectionID] = []
      var sources = 0
      /// Whom the next ring wakes; everybody if `nil`.
      var target: ConnectionID?
      var deadline = MonotonicTime.never
      var advances: [Bool] = []
    }

    let state = Mutex(State())
    let reading: CInt
    let writing: CInt

    init() {
      var ends: [CInt] = [-1, -1]
      pipe(&ends)
      for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
      (reading, writing) = (ends[0], ends[1])
    }

    deinit {
      close(reading)
      close(writing)
    }

    func ring() {
      var byte: UInt8 = 1
      write(writing, &byte, 1)
    }
  }

  final class Source: NewsSource {
    private let tower: Tower

    init(_ tower: Tower) { self.tower = tower }

    var descriptor: CInt? { tower.reading }
    var deadline: MonotonicTime { tower.state.withLock { $0.deadline } }

    func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
      tower.state.withLock { if endpoints != nil { $0.attached.append(connection) } }
    }

    func detach(_ connection: ConnectionID) {
      tower.state.withLock { $0.detached.append(connection) }
    }

    func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
      var byte: UInt8 = 0
      while read(tower.reading, &byte, 1) > 0 {}
      return tower.state.withLock { state in
        state.advances.append(isReady)
        state.deadline = .never
        return state.target.map { [$0] } ?? state.attached.filter { !state.detached.contains($0) }
      }
    }

    func news(of connection: ConnectionID) -> UInt64 { 42 }
  }

  @TaskLocal static var tower = Tower()
  static let name: DetectorName = "bell"

  init(settings: DetectorSettings) throws(PolicyError) {}

  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    let tower = Self.tower
    tower.state.withLock { $0.sources += 1 }
    return Source(tower)
  }

  var needs: Needs { Needs(readings: []) }

  func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
    guard let number = look.news else { return .unchanged }
    return Opinion(
      Evidence(.suspicious, layer: .link, cause: .linkDown, at: look.now, notes: [.count("rung", number)]))
  }

  static func policy(_ name: String) -> Policy {
    Policy(name: name, detectors: [DetectorUse("bell")], suspect: "bell", dead: "bell")
  }
}

struct SharedSourceTests {
  private static let registry = DetectorRegistry([Bell.self])

  @Test func oneSourceServesEveryConnectionOfAMonitor() throws {
    let tower = Bell.Tower()
    try Bell.$tower.withValue(tower) {
      let monitor = try Monitor(registry: Self.registry)
      defer { monitor.shutDown() }
      let pairs = try (0..<600).map { _ in try TCPPair.loopback(server: .silent) }
      defer { for pair in pairs { pair.close() } }
      let log = Log<ConnectionID>()
      var ids: [ConnectionID] = []
      for (number, pair) in pairs.enumerated() {
        // Two policies, and still one source.
        let id = try monitor.watch(pair.client, policy: Bell.policy("bell-\(number % 2)")) { event in
          guard case .verdict(let change) = event, change.verdict == .suspect else { return }
          if change.decidedBy.first?.evidence.facts == [.count("rung", 42)] { log.add(change.connection) }
        }
        ids.append(id)
      }
      #expect(tower.state.withLock { $0.sources } == 1)
      #expect(tower.state.withLock { $0.attached } == ids)
      // One connection alone.
      tower.state.withLock { $0.target = ids[7] }
      tower.ring()
      #expect(eventually { log.entries == [ids[7]] })
      // All of them: more than fit one turn. Those that were unwatched hear nothing.
      for id in ids[..<100] { monitor.unwatch(id) }
      #expect(tower.state.withLock { $0.detached } == Array(ids[..<100]))
      tower.state.withLock { $0.target = nil }
      tower.ring()
      #expect(eventually { log.entries.count == 501 })
      #expect(Set(log.entries) == Set(ids[100...] + [ids[7]]))
    }
  }

  /// Two detectors of one method and the same settings: one source, one attachment, and both hear of it.
  @Test func twoUsesOfAMethodShareItsSource() throws {
    let tower = Bell.Tower()
    try Bell.$tower.withValue(tower) {
      let monitor = try Monitor(registry: Self.registry)
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      defer { pair.close() }
      let policy = Policy(
        name: "two", detectors: ["one", "two"].map { DetectorUse("bell", named: $0) },
        suspect: .all(["one", "two"]), dead: .all(["one", "two"]))
      let log = VerdictLog()
      let id = try monitor.watch(pair.client, policy: policy) { log.take($0) }
      #expect(tower.state.withLock { $0.sources } == 1)
      #expect(tower.state.withLock { $0.attached } == [id])
      tower.ring()
      #expect(eventually { log.verdicts == [.suspect] })
      #expect(log.changes.first?.decidedBy.map(\.detector) == ["one", "two"])
      monitor.unwatch(id)
      #expect(tower.state.withLock { $0.detached } == [id])
    }
  }

  @Test func aSourcesDeadlineWakesIt() throws {
    let tower = Bell.Tower()
    try Bell.$tower.withValue(tower) {
      let monitor = try Monitor(registry: Self.registry)
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      defer { pair.close() }
      tower.state.withLock { $0.deadline = .now() + .milliseconds(50) }
      let log = Log<MonotonicTime>()
      _ = try monitor.watch(pair.client, policy: Bell.policy("bell")) { event in
        if case .verdict = event { log.add(.now()) }
      }
      #expect(eventually { log.entries.count == 1 })
      #expect(tower.state.withLock { $0.advances } == [false])
    }
  }

  /// What a source wants of a connection that is gone reaches nobody, whoever has its place now.
  @Test func newsOfAFormerConnectionReachNobody() throws {
    let tower = Bell.Tower()
    try Bell.$tower.withValue(tower) {
      let monitor = try Monitor(registry: Self.registry)
      defer { monitor.shutDown() }
      let pairs = try (0..<2).map { _ in try TCPPair.loopback(server: .silent) }
      defer { for pair in pairs { pair.close() } }
      let log = Log<ConnectionID>()
      let first = try monitor.watch(pairs[0].client, policy: Bell.policy("bell"))
      monitor.unwatch(first)
      let second = try monitor.watch(pairs[1].client, policy: Bell.policy("bell")) {
        log.add($0.connection)
      }
      tower.state.withLock { $0.target = first }
      tower.ring()
      #expect(eventually { tower.state.withLock { $0.advances.count } == 1 })
      tower.state.withLock { $0.target = second }
      tower.ring()
      #expect(eventually { !log.entries.isEmpty })
      #expect(Set(log.entries) == [second])
      #expect(monitor.verdict(of: first) == nil)
    }
  }
}
