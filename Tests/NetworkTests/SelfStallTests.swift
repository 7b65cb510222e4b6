import FlatlineTestSupport
import Testing

/// A monitoring process that was stopped blames nobody for the time it slept.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct SelfStallTests {
  private static let sleep = Duration.seconds(10)
  /// What fast-path promises of an idle connection without a heartbeat.
  private static let promise = Duration.seconds(4)

  /// 1000 healthy connections and two whose peer dies while the monitor sleeps: of those two it tells, within
  /// the policy's promise from its waking, and of no other.
  @Test func tellsOfNoneButTheDead() async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let victim = "10.77.2.3"
    try network.server.ip("address add \(victim)/24 dev uplink")
    let program = BuiltProgram.path("monitoring-process")
    let server = try ChildProcess(program, ["serve"], in: network.server)
    defer { server.kill() }
    let port = try server.waitForLine(containing: "port ").text.dropFirst("port ".count)
    let watcher = try ChildProcess(
      program, ["watch", "\(port)", "\(network.serverAddress)", victim], in: network.client)
    defer { watcher.kill() }
    try watcher.waitForLine(containing: "ready", timeout: .seconds(30))
    try await Task.sleep(for: .seconds(2))
    #expect(verdicts(of: watcher).isEmpty)

    watcher.freeze()
    try await Task.sleep(for: Self.sleep / 2)
    try network.server.ip("address delete \(victim)/24 dev uplink")
    try await Task.sleep(for: Self.sleep / 2)
    let waking = SuspendingClock.now
    watcher.resume()

    for name in ["victim-heartbeat", "victim-idle"] {
      let line = try watcher.waitForLine(containing: "\(name) dead", timeout: Self.promise + .seconds(1))
      let time = line.arrival - waking
      #expect(time < Self.promise, "\(line.text)")
      print("self-stall: \(line.text) \(time) after waking")
    }
    try await Task.sleep(for: .seconds(3))
    let others = verdicts(of: watcher).filter { $0.contains("healthy") }
    #expect(others.isEmpty, "\(others.count) of them, such as \(others.first ?? "")")
  }

  private func verdicts(of watcher: ChildProcess) -> [String] {
    watcher.lines.map(\.text).filter { $0.hasPrefix("verdict") }
  }
}
