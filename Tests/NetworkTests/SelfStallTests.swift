import FlatlineLab
import FlatlineTestSupport
import Testing

/// A monitoring process that was stopped blames nobody for the time it slept.
@Suite(.onOwnThread)
struct SelfStallTests {
  private static let sleep = Duration.seconds(10)
  /// What fast-path promises of an idle connection without a heartbeat.
  private static let promise = Duration.seconds(4)

  /// 1000 healthy connections and two whose peer dies while the monitor sleeps: of those two it tells, within
  /// the policy's promise from its waking, and of no other.
  ///
  /// An answer takes 300 ms: many heartbeats find nothing to read when the monitor wakes, 10 s after they last heard of
  /// their peer, and their next answer is not there for many turns.
  @Test func tellsOfNoneButTheDead() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let program = BuiltProgram.path("monitoring-process")
    let server = try ChildProcess(program, ["serve"], on: lab.server)
    defer { server.kill() }
    let port = try number(after: "port", from: server)
    let watcher = try ChildProcess(program, ["watch", "\(lab.server.address)", "\(port)"], on: lab.client)
    defer { watcher.kill() }
    try watcher.waitForLine(containing: "ready", timeout: .seconds(120))
    let victims = ["victim-heartbeat", "victim-idle"]
    let ports = try victims.map { try number(after: $0, from: watcher) }
    try await Task.sleep(for: .seconds(2))
    #expect(verdicts(of: watcher).isEmpty)

    watcher.freeze()
    try await Task.sleep(for: Self.sleep / 2)
    for port in ports { lab.path.forgetFlow(from: port, .drop) }
    try await Task.sleep(for: Self.sleep / 2)
    let waking = SuspendingClock.now
    watcher.resume()

    for name in victims {
      let line = try watcher.waitForLine(
        containing: "verdict \(name) dead", timeout: Self.promise + .seconds(1))
      let time = line.arrival - waking
      #expect(time < Self.promise, "\(line.text)")
      print("self-stall: \(line.text) \(time) after waking")
    }
    try await Task.sleep(for: .seconds(3))
    let others = verdicts(of: watcher).filter { $0.contains("healthy") }
    #expect(others.isEmpty, "\(others.count) of them, such as \(others.first ?? "")")
  }

  private func number(after word: String, from process: ChildProcess) throws -> UInt16 {
    let line = try process.waitForLine(containing: "\(word) ").text
    return try #require(line.split(separator: " ").last.flatMap { UInt16($0) }, "\(line)")
  }

  private func verdicts(of watcher: ChildProcess) -> [String] {
    watcher.lines.map(\.text).filter { $0.hasPrefix("verdict") }
  }
}
