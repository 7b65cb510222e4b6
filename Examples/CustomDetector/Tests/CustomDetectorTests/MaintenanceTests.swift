import CustomDetectors
import Fixtures
import Flatline
import FlatlineTestKit
import Synchronization
import Testing

/// The detector that asks a registry, shared by all connections.
struct MaintenanceTests {
  private let here: IPEndpoint
  private let there: IPEndpoint

  init() throws {
    here = IPEndpoint(try #require(IPAddress("127.0.0.1")), port: 80)
    there = IPEndpoint(try #require(IPAddress("192.0.2.7")), port: 80)
  }

  @Test func aHostInMaintenanceIsSuspect() async throws {
    let changes = try await Scene.maintenance(OurPolicies.load("maintenance"), limit: .seconds(1))
    #expect(changes.map(\.verdict) == [.suspect])
    #expect(changes.first?.decidedBy.map(\.detector) == ["maintenance"])
    #expect(changes.first?.decidedBy.first?.evidence.notes == [.text("reason", "kernel update")])
  }

  /// The policy names a registry that is not there: `watch` says so, in the detector's words.
  @Test func aRegistryThatIsNotThereIsAnError() throws {
    let connection = try Loopback()
    let monitor = try Monitor(registry: OurPolicies.registry)
    let policy = Policy(
      name: "p", detectors: [DetectorUse("maintenance", ["registry": .text("/nowhere")])],
      suspect: "maintenance",
      dead: "maintenance")
    let error = try #require(throws: WatchError.self) { try monitor.watch(connection.near, policy: policy) }
    #expect(
      "\(error)"
        == "the detector maintenance cannot work: no registry listens at /nowhere: No such file or directory")
  }

  /// Without a monitor: connections, a list, and news to a detector.
  @Test func onlyItsHostsAreWoken() throws {
    let registry = try RegistryServer()
    let source = SourceRun(try MaintenanceRegistry(path: registry.path))
    let run = try DetectorRun(MaintenanceDetector.self, clock: source.clock)
    let (first, second) = (source.attach(remote: here), source.attach(remote: there))
    registry.accept()
    registry.send(["127.0.0.1": "kernel update"])
    #expect(source.waitUntilReady())
    #expect(source.advance() == [first])
    #expect(run.give(source.news(of: first))?.leaning == .suspicious)
    // One that comes later hears of it too.
    let third = source.attach(remote: here)
    #expect(source.advance() == [third])
    registry.send(["192.0.2.7": "new disks"])
    #expect(source.waitUntilReady())
    #expect(Set(source.advance()) == [first, second, third])
    #expect(run.give(source.news(of: first))?.leaning == .abstaining)
    source.detach(second)
    registry.send([:])
    #expect(source.waitUntilReady())
    #expect(source.advance() == [])
  }

  /// The client connects anew, by another descriptor; what was true stays true meanwhile.
  @Test func aRegistryMayRestart() throws {
    let registry = try RegistryServer()
    let client = try MaintenanceRegistry(path: registry.path)
    let source = SourceRun(client)
    let connection = source.attach(remote: here)
    registry.accept()
    registry.send(["127.0.0.1": "kernel update"])
    #expect(source.waitUntilReady())
    #expect(source.advance() == [connection])
    registry.stop()
    #expect(source.waitUntilReady())
    #expect(source.advance() == [])
    #expect(client.descriptor == nil)
    #expect(source.advance(by: .seconds(5)) == [])
    try registry.start()
    #expect(source.advance(by: .seconds(1)) == [])
    #expect(client.descriptor != nil)
    registry.accept()
    registry.send([:])
    #expect(source.waitUntilReady())
    #expect(source.advance() == [connection])
    #expect(source.news(of: connection) == .news(value: MaintenanceNotice.isOver))
  }

  /// The same on a monitor, which polls the new descriptor.
  @Test func aMonitorFollowsARestart() async throws {
    let registry = try RegistryServer()
    let connection = try Loopback()
    let monitor = try Monitor(registry: OurPolicies.registry)
    let policy = Policy(
      name: "p", detectors: [DetectorUse("maintenance", ["registry": .text(registry.path)])],
      suspect: "maintenance",
      dead: "maintenance")
    let seen = Mutex<[Verdict]>([])
    _ = try monitor.watch(connection.near, policy: policy) { event in
      if case .verdict(let change) = event { seen.withLock { $0.append(change.verdict) } }
    }
    registry.accept()
    for (round, list) in [["127.0.0.1": "kernel update"], [:], ["127.0.0.1": "again"]].enumerated() {
      registry.send(list)
      for _ in 0..<2000 where seen.withLock({ $0.count }) <= round {
        try await Task.sleep(for: .milliseconds(5))
      }
      registry.stop()
      try registry.start()
      registry.accept()
    }
    #expect(seen.withLock { $0 } == [.suspect, .alive, .suspect])
    monitor.shutDown()
  }
}
