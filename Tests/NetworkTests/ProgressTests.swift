import Flatline
import FlatlineLab
import FlatlineTestSupport
import Testing

/// Slow is not dead, and a peer that does not read is stalled for as long as the policy allows.
@Suite(.onOwnThread)
struct ProgressTests {
  private static func vetoed(stallLimit: Duration = .seconds(60)) -> Policy {
    Policy("vetoed") {
      DetectorUse.epoll()
      DetectorUse.tcpInfo()
      DetectorUse.heartbeat(interval: .milliseconds(500), misses: 6)
      DetectorUse.progress(stallLimit: stallLimit)
    } suspect: {
      "epoll"
      "tcp-info"
      "heartbeat"
      "progress"
    } dead: {
      "epoll"
      "tcp-info"
      Rule.unless("heartbeat", alive: "progress")
    }
  }

  /// Heartbeats of two watches behind 100 MB at 1 Mbit/s for 60 s: the heartbeat alone calls the peer dead, the
  /// policy with the veto never does.
  @Test func aBigUploadOnASlowPathIsNoDeath() async throws {
    let lab = try Lab(behaviour: PeerBehaviour(answer: .lineEnds))
    defer { lab.close() }
    try lab.path.update(.toServer) {
      $0.rate = 1_000_000
      $0.queueLimit = 64 * 1024
    }
    let connection = try lab.connect()
    defer { connection.close() }
    let uploader = Uploader(on: connection.descriptor, buffer: 2 << 20, limit: 100_000_000)
    defer { uploader.end() }
    let (monitor, other) = (try Monitor(), try Monitor())
    defer {
      monitor.shutDown()
      other.shutDown()
    }
    let (log, alone) = (VerdictLog(), VerdictLog())
    let start = MonotonicTime.now()
    _ = try monitor.watch(connection.descriptor, policy: Self.vetoed(), pinger: uploader) { log.take($0) }
    _ = try other.watch(
      connection.descriptor,
      policy: Policy("alone") {
        DetectorUse.heartbeat(interval: .milliseconds(500), misses: 6)
      } suspect: {
        "heartbeat"
      } dead: {
        "heartbeat"
      }, pinger: uploader
    ) { alone.take($0) }
    try await Task.sleep(for: .seconds(60))
    let story = log.story(since: start)
    #expect(log.first(after: start, where: \.isDead) == nil, "\(story)")
    let mistake = try #require(alone.first(after: start, where: \.isDead), "\(alone.story(since: start))")
    print(
      "progress: the heartbeat alone said \(mistake.verdict) after \(Int((mistake.time - start).milliseconds)) ms; "
        + "with the veto: \(log.changes.map { "\($0.verdict)" }.joined(separator: ", ")); "
        + "\(uploader.bytesSent) bytes taken in 60 s")
    // The transfer was real, and slow.
    #expect((6_000_000...12_000_000).contains(uploader.bytesSent))
    // The veto ends with the progress: a path that falls silent is a death.
    let silence = MonotonicTime.now()
    try lab.path.update { $0.blackhole = true }
    let death = try await log.death(by: silence + .seconds(8))
    #expect(death?.cause == .pathSilent, "\(log.story(since: silence))")
  }

  @Test func aPeerThatDoesNotReadIsStalledForAsLongAsThePolicyAllows() async throws {
    let lab = try Lab(behaviour: .notReading)
    defer { lab.close() }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    var connections: [LabConnection] = []
    var uploaders: [Uploader] = []
    defer {
      for uploader in uploaders { uploader.end() }
      for connection in connections { connection.close() }
    }
    let (short, long) = (VerdictLog(), VerdictLog())
    let start = MonotonicTime.now()
    for (log, limit) in [(short, Duration.seconds(6)), (long, .seconds(60))] {
      let connection = try lab.connect()
      let descriptor = connection.descriptor
      let uploader = Uploader(on: descriptor, buffer: 1 << 20, limit: 100_000_000)
      connections.append(connection)
      uploaders.append(uploader)
      _ = try monitor.watch(descriptor, policy: Self.vetoed(stallLimit: limit), pinger: uploader) {
        log.take($0)
      }
    }
    let death = try await short.death(by: start + .seconds(15))
    let story = short.story(since: start)
    #expect(death?.cause == .stalled, "\(story)")
    #expect((death?.time ?? start) - start >= .seconds(6), "\(story)")
    #expect((death?.time ?? .never) - start <= .seconds(9), "\(story)")
    try await Task.sleep(for: .seconds(3))
    #expect(long.changes.last?.verdict == .suspect, "\(long.story(since: start))")
    #expect(long.changes.last?.cause == .stalled, "\(long.story(since: start))")
    // It reads again: all is well.
    try lab.peer.behave(PeerBehaviour(answer: .lineEnds))
    let end = MonotonicTime.now() + .seconds(5)
    while long.changes.last?.verdict != .alive, MonotonicTime.now() < end {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(long.changes.last?.verdict == .alive, "\(long.story(since: start))")
  }
}
