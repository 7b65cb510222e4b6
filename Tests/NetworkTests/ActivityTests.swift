import Flatline
import FlatlineLab
import FlatlineTestSupport
import Foundation
import Synchronization
import Testing

/// A peer that sends by itself and stops: suspected by its own rhythm, and the cause told from the other layers.
@Suite(.onOwnThread)
struct ActivityTests {
  /// Sends a byte each 200 ms.
  private final class Ticker: Sendable {
    private let isOver = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    init(on descriptor: CInt) {
      Thread.detachNewThread { [self] in
        while !isOver.load(ordering: .relaxed) {
          send(descriptor, "t", 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
          usleep(200_000)
        }
        ended.signal()
      }
    }

    func end() {
      isOver.store(true, ordering: .relaxed)
      ended.wait()
    }
  }

  private static let policy = Policy("rhythm") {
    DetectorUse.activity(convicts: true)
    DetectorUse.keepalive(idle: .seconds(1), burst: .milliseconds(2650))
  } suspect: {
    "activity"
  } dead: {
    "activity"
  }

  @Test(arguments: [false, true])
  func aRhythmThatStopsIsTold(pathIsSilent: Bool) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let ends = try OpenEnds(from: lab.client, to: lab.server)
    defer { ends.close() }
    let ticker = Ticker(on: ends.servers[0])
    let log = VerdictLog()
    let begin = MonotonicTime.now()
    _ = try monitor.watch(ends.clients[0], policy: Self.policy) { log.take($0) }
    try await Task.sleep(for: .seconds(6))
    #expect(log.changes.isEmpty, "\(log.story(since: begin))")
    let struck = try Struck(monitor) {
      if pathIsSilent { try lab.path.update { $0.blackhole = true } }
      ticker.end()
    }
    let start = struck.start
    let death = try await log.death(by: start + .seconds(20))
    let story = log.story(since: start)
    // Its kernel still answers, or it does not: keepalive knows.
    #expect(death?.cause == (pathIsSilent ? .pathSilent : .peerHung), "\(story)")
    let suspicion = try #require(log.changes.first, "\(story)")
    #expect(
      (Duration.milliseconds(900) ... .seconds(2.6) + struck.slack).contains(suspicion.time - start),
      "\(story)")
    #expect((death?.time ?? .never) - start <= .seconds(5) + struck.slack, "\(story)")
    #expect(death?.trail.entries.contains { $0.hasDecided && $0.ballot.detector == "activity" } == true)
    print("activity: \(pathIsSilent ? "silent path" : "hung program"): \(story)")
  }
}
