import Flatline
import FlatlineLab
import FlatlineTestSupport
import Testing

/// Accelerated keepalive at 1 s idle: fast on silence, never fooled by lost answers.
@Suite(.onOwnThread)
struct AcceleratedKeepaliveTests {
  @Test func idleSilentDropIsDeadWithinTwoAndAHalfSeconds() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    var watched: [WatchedConnection] = []
    defer { for each in watched { each.close() } }
    for _ in 0..<5 {
      watched.append(try WatchedConnection(in: lab, .keepaliveOnly, .idle, on: monitor))
      try await Task.sleep(for: .milliseconds(210))
    }
    try await Task.sleep(for: .seconds(2))
    for each in watched { #expect(each.log.changes.isEmpty, "\(each.name)") }
    let struck = try Struck(monitor) { try lab.path.update { $0.blackhole = true } }
    let start = struck.start
    for each in watched {
      let change = try await each.log.death(by: start + .seconds(5))
      let story = each.log.story(since: start)
      #expect(change?.cause == .pathSilent, "\(story)")
      #expect((change?.time ?? .never) - start <= .milliseconds(2500) + struck.slack, "\(story)")
    }
  }

  @Test func everyOtherAnswerLostIsNoDeath() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    let watched = try WatchedConnection(in: lab, .keepaliveOnly, .idle, on: monitor)
    defer { watched.close() }
    let start = MonotonicTime.now()
    try lab.path.update(.toClient) { $0.loss = .everyPureACK(2) }
    try await Task.sleep(for: .seconds(60))
    let story = watched.log.story(since: start)
    #expect(watched.log.first(after: start, where: \.isDead) == nil, "\(story)")
    // The losses were real: probes went unanswered again and again.
    #expect(watched.log.changes.count { $0.verdict == .suspect } >= 10, "\(story)")
  }
}
