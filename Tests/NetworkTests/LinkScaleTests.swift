import Flatline
import FlatlineLab
import FlatlineTestSupport
import Synchronization
import Testing

/// Many connections over one link: they share the questions, and the monitor stays awake meanwhile.
@Suite(.onOwnThread)
struct LinkScaleTests {
  @Test func tellsThousandsWithoutSleepingOverThem() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let ends = try OpenEnds(from: lab.client, to: lab.server, count: 4000)
    defer { ends.close() }
    let monitor = try lab.makeMonitor()
    defer { monitor.shutDown() }
    let policy = Policy("link-only") {
      DetectorUse.link(grace: .seconds(1))
    } suspect: {
      "link"
    } dead: {
      "link"
    }
    let times = Mutex<[ConnectionID: [(Verdict, MonotonicTime)]]>([:])
    for client in ends.clients {
      _ = try monitor.watch(client, policy: policy) { event in
        guard case .verdict(let change) = event else { return }
        times.withLock { $0[change.connection, default: []].append((change.verdict, .now())) }
      }
    }
    try lab.client.takeInterfaceDown()
    let struck = MonotonicTime.now()
    let deadline = struck + .seconds(20)
    while MonotonicTime.now() < deadline, times.withLock({ $0.values.count { $0.count == 2 } }) < 4000 {
      try await Task.sleep(for: .milliseconds(20))
    }
    let all = times.withLock { $0 }
    #expect(all.count == 4000)
    let wrong = all.values.filter { $0.map(\.0) != [.suspect, .dead(.linkDown)] }
    #expect(wrong.isEmpty, "\(wrong.count), such as \(wrong.first?.map(\.0) ?? [])")
    for (number, name) in [(0, "suspect"), (1, "dead")] {
      let told = all.values.compactMap { $0.count > number ? ($0[number].1 - struck).milliseconds : nil }
        .sorted()
      print("link: 4000 connections \(name) from \(told.first ?? 0) to \(told.last ?? 0) ms after the fault")
    }
  }
}
