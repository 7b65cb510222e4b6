import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// What a source may be: of any news, of a descriptor that changes, of an error in its own words.
struct OwnSourceTests {
  private static func policy(_ text: String = "home") -> Policy {
    Policy(
      name: "registry", detectors: [DetectorUse("registry", ["at": .text(text)])], suspect: "registry",
      dead: "registry")
  }

  private func monitor() throws -> Monitor { try Monitor(registry: DetectorRegistry([Registered.self])) }

  // MARK: News

  @Test func newsMayBeOfAnyType() throws {
    let registry = Registry()
    try Registered.$registry.withValue(registry) {
      let monitor = try monitor()
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      let log = VerdictLog()
      _ = try monitor.watch(pair.client, policy: Self.policy(), onEvent: log.take)
      registry.tell("kernel update")
      #expect(log.wait { log.verdicts == [.suspect] })
      // From the policy's settings, by the source, to the detector.
      #expect(log.ballots.first?.evidence.facts == [.text("notice", "kernel update at home")])
    }
  }

  /// News of another type than the detector asks for are none.
  @Test func aLookHasNewsOfItsTypeOnly() throws {
    var look = Look(now: .now())
    #expect(look.news == nil)
    #expect(look.news(as: Notice.self) == nil)
    look.setNews(News(value: Notice(text: "soon")))
    #expect(look.news(as: Notice.self) == Notice(text: "soon"))
    #expect(look.news == nil)
    #expect(look.news(as: UInt64.self) == nil)
    look.news = 7
    #expect(look.news == 7)
    #expect(look.news(as: UInt64.self) == 7)
    #expect(look.news(as: Notice.self) == nil)
    look.news = nil
    #expect(look.anyNews == nil)
    #expect(Look(now: .now(), news: 0).news(as: UInt64.self) == 0)
  }

  @Test func newsAreEqualByTheirValues() {
    #expect(News(7) == News(value: 7 as UInt64))
    #expect(News(value: Notice(text: "a")) == News(value: Notice(text: "a")))
    #expect(News(value: Notice(text: "a")) != News(value: Notice(text: "b")))
    #expect(News(value: Notice(text: "a")) != News(7))
    #expect(
      Set([News(value: Notice(text: "a")), News(value: Notice(text: "a")), News(1), News(1)]).count == 2)
    // Without a comparison of its own, a value equals its copies.
    struct Opaque: Sendable { let body: @Sendable () -> Void }
    let opaque = News(value: Opaque {})
    let copy = opaque
    #expect(opaque == copy)
    #expect(opaque != News(value: Opaque {}))
  }

  // MARK: Errors

  @Test(arguments: [Refusal.words, .kernel, .foreign])
  func aSourceThatCannotBeMadeSaysWhy(_ refusal: Refusal) throws {
    let registry = Registry()
    try Registered.$registry.withValue(registry) {
      let monitor = try monitor()
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      registry.state.withLock { $0.refusal = refusal }
      let error = #expect(throws: WatchError.self) { try monitor.watch(pair.client, policy: Self.policy()) }
      #expect(error == .source("registry", refusal.expected))
      let text = "\(try #require(error))"
      #expect(text == "the detector registry cannot work: \(refusal.text)")
      // Nothing is left of it, and the next watch asks again.
      registry.state.withLock { $0.refusal = nil }
      _ = try monitor.watch(pair.client, policy: Self.policy())
    }
  }

  @Test func aDescriptorThatCannotBePolledIsAnError() throws {
    let registry = Registry()
    try Registered.$registry.withValue(registry) {
      let monitor = try monitor()
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      // A plain file is always ready: epoll refuses it (epoll_ctl(2), EPERM).
      let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
      let own = registry.state.withLock { $0.descriptor }
      registry.state.withLock { $0.descriptor = file }
      defer {
        registry.state.withLock { $0.descriptor = own }
        close(file)
      }
      #expect(
        throws: WatchError.source(
          "registry",
          SourceError("the descriptor of its source cannot be polled", errno: .notPermitted))
      ) { try monitor.watch(pair.client, policy: Self.policy()) }
    }
  }

  // MARK: The descriptor

  /// A client that connects anew has a new descriptor; here pipes, by a number of their own or by the same.
  @Test(arguments: [false, true])
  func aDescriptorMayChange(toTheSameNumber isSame: Bool) throws {
    let registry = Registry()
    try Registered.$registry.withValue(registry) {
      let monitor = try monitor()
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      let log = VerdictLog()
      _ = try monitor.watch(pair.client, policy: Self.policy(), onEvent: log.take)
      for round in 1...20 {
        let before = registry.state.withLock { $0.descriptor }
        registry.state.withLock { $0.renews = isSame ? .sameNumber : .otherNumber }
        registry.tell("round \(round)")
        #expect(eventually { log.ballots.count == round })
        // The advance that read the old one made a new one.
        #expect(registry.state.withLock { ($0.descriptor == before) == isSame && $0.renews == .no })
      }
      // Without a descriptor it goes on by its deadline, and later has one again.
      registry.state.withLock { $0.renews = .none }
      registry.tell("gone")
      #expect(eventually { log.ballots.count == 21 })
      registry.state.withLock { $0.renews = .otherNumber }
      #expect(eventually { registry.state.withLock { $0.descriptor != nil && $0.renews == .no } })
      registry.tell("back")
      #expect(eventually { log.ballots.count == 22 })
    }
  }

  /// The number of a descriptor that the source has closed may be a watched socket's by now.
  @Test func aChangedDescriptorLeavesItsNumbersNewOwnerAlone() throws {
    let registry = Registry()
    try Registered.$registry.withValue(registry) {
      let monitor = try Monitor(
        registry: DetectorRegistry.builtIn.registering(Registered.self), drive: .application)
      defer { monitor.shutDown() }
      let pair = try TCPPair.loopback(server: .silent)
      let other = try TCPPair.loopback(server: .silent)
      let log = VerdictLog()
      _ = try monitor.watch(pair.client, policy: Self.policy())
      // The source closes its descriptor. A socket gets the number, and is watched, before the source is asked again.
      let number = try #require(registry.state.withLock { $0.descriptor })
      #expect(dup2(other.client, number) == number)
      defer { close(number) }
      registry.state.withLock {
        $0.descriptor = nil
        $0.deadline = .now() + .milliseconds(20)
      }
      _ = try monitor.watch(number, policy: .epollOnly, onEvent: log.take)
      #expect(
        eventually {
          monitor.process()
          return registry.state.withLock { $0.advances > 0 }
        })
      other.serverCloses()
      #expect(
        eventually {
          monitor.process()
          return log.verdicts.last?.isDead == true
        })
    }
  }

  // MARK: Without a monitor

  @Test func aSourceRunsWithoutAMonitor() throws {
    let registry = Registry()
    try Registered.$registry.withValue(registry) {
      let settings = try DetectorSettings(
        ["at": .text("the lab")], for: Registered.name, described: Registered.settings)
      let detector = try Registered(settings: settings)
      let source = try #require(try SourceRun(of: detector))
      let run = try DetectorRun(detector, clock: source.clock)
      let peer = IPEndpoint(try #require(IPAddress("192.0.2.7")), port: 80)
      let first = source.attach(remote: peer)
      let second = source.attach(nil)
      #expect(source.advance() == [])
      registry.tell("repairs")
      #expect(source.waitUntilReady())
      #expect(Set(source.advance()) == [first, second])
      #expect(!source.isReady)
      #expect(run.give(source.news(of: first))?.facts == [.text("notice", "repairs at the lab")])
      source.detach(second)
      // A deadline instead.
      registry.state.withLock { $0.deadline = source.clock.now + .seconds(60) }
      #expect(source.deadline == source.clock.now + .seconds(60))
      #expect(source.advance(by: .seconds(59)) == [])
      #expect(source.advance(by: .seconds(2)) == [first])
      #expect(source.deadline == nil)
    }
  }

  @Test func aDetectorWithoutASourceHasNoRun() throws {
    #expect(try SourceRun(of: PuppetDetector(strings: PuppetStrings())) == nil)
  }
}

/// Why the registry's source cannot be made.
enum Refusal: Sendable {
  case words, kernel, foreign

  struct Foreign: Error, CustomStringConvertible {
    let description = "no such registry"
  }

  var error: any Error {
    switch self {
    case .words: SourceError("no registry listens at home", errno: .noSuchFileOrDirectory)
    case .kernel: Errno.permissionDenied
    case .foreign: Foreign()
    }
  }

  var expected: SourceError {
    switch self {
    case .words: SourceError("no registry listens at home", errno: .noSuchFileOrDirectory)
    case .kernel: SourceError("its source needs what the kernel refused", errno: .permissionDenied)
    case .foreign: SourceError("no such registry")
    }
  }

  var text: String {
    switch self {
    case .words: "no registry listens at home: No such file or directory"
    case .kernel: "its source needs what the kernel refused: Permission denied"
    case .foreign: "no such registry"
    }
  }
}

private struct Notice: Hashable, Sendable {
  let text: String
}

/// What a test does with the source: a pipe that it writes lines to.
private final class Registry: Sendable {
  enum Renewal { case no, sameNumber, otherNumber, none }

  struct State {
    var descriptor: CInt?
    var writing: CInt = -1
    var notice = ""
    var renews = Renewal.no
    var refusal: Refusal?
    var deadline = MonotonicTime.never
    var advances = 0

    /// Opens a new pipe, in one step with the end of the old one where it gets its number.
    mutating func open(as number: CInt? = nil) {
      var ends: [CInt] = [-1, -1]
      pipe(&ends)
      for end in ends {
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      }
      if let number {
        dup2(ends[0], number)
        Glibc.close(ends[0])
      }
      descriptor = number ?? ends[0]
      writing = ends[1]
    }

    mutating func close() {
      if let descriptor { Glibc.close(descriptor) }
      if writing >= 0 { Glibc.close(writing) }
      (descriptor, writing) = (nil, -1)
    }
  }

  let state = Mutex(State())

  init() { state.withLock { $0.open() } }

  deinit { state.withLock { $0.close() } }

  func tell(_ notice: String) {
    state.withLock { state in
      state.notice = notice
      var byte: UInt8 = 1
      write(state.writing, &byte, 1)
    }
  }
}

/// A detector of a registry of somebody else's.
private struct Registered: Detector {
  @TaskLocal static var registry = Registry()
  static let name: DetectorName = "registry"
  static let settings: [SettingDescription] = [.text("at", "", upTo: 64, "Where the registry is.")]
  private let place: String

  init(settings: DetectorSettings) throws(PolicyError) { place = try settings.text("at") }

  var needs: Needs { Needs(readings: []) }

  func makeSource(in surroundings: SourceSurroundings) throws -> (any SharedSource)? {
    let registry = Self.registry
    if let refusal = registry.state.withLock({ $0.refusal }) { throw refusal.error }
    return Source(registry, place)
  }

  func begin(_ look: borrowing Look) -> Int? { 0 }

  func examine(_ look: borrowing Look, _ count: inout Int) -> Opinion {
    guard let notice = look.news(as: Notice.self) else { return .unchanged }
    count += 1
    // The leaning alternates, so that each news is an event.
    return Opinion(
      Evidence(
        count % 2 == 1 ? .suspicious : .alive, layer: .host, cause: count % 2 == 1 ? .hostUnreachable : nil,
        at: look.now, notes: [.text("notice", notice.text)]))
  }

  private final class Source: NewsSource {
    private let registry: Registry
    private let place: String
    private var connections: [ConnectionID] = []

    init(_ registry: Registry, _ place: String) {
      self.registry = registry
      self.place = place
    }

    var descriptor: CInt? { registry.state.withLock { $0.descriptor } }
    var deadline: MonotonicTime { registry.state.withLock { $0.deadline } }

    func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
      connections.append(connection)
    }

    func detach(_ connection: ConnectionID) { connections.removeAll { $0 == connection } }

    func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
      registry.state.withLock { state in
        let wasOpen = state.descriptor != nil
        state.advances += 1
        state.deadline = wasOpen ? .never : now + .milliseconds(5)
        var byte: UInt8 = 0
        if let descriptor = state.descriptor { while read(descriptor, &byte, 1) > 0 {} }
        switch state.renews {
        case .no: break
        case .none:
          state.close()
          state.deadline = now + .milliseconds(5)
          state.renews = .no
        case .sameNumber:
          let writing = state.writing
          state.open(as: state.descriptor)
          Glibc.close(writing)
          state.renews = .no
        case .otherNumber:
          // The old one stays open while the new one is opened.
          let (old, writing) = (state.descriptor, state.writing)
          state.open()
          if let old { Glibc.close(old) }
          if writing >= 0 { Glibc.close(writing) }
          state.renews = .no
          state.deadline = .never
        }
        return wasOpen ? connections : []
      }
    }

    func news(of connection: ConnectionID) -> Notice {
      Notice(text: registry.state.withLock { $0.notice } + " at \(place)")
    }
  }
}
