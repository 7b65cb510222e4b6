import Flatline
import FlatlineTestSupport
import Foundation
import Synchronization
import Testing

/// How soon the app hears of a verdict: within a millisecond.
@Suite(.serialized, .onOwnThread, .timeLimit(.minutes(5)))
struct PromptnessTests {
  private static let rounds = 41
  private static let promise = Duration.milliseconds(1)

  @Test func peerGoneEndsASleepWithinAMillisecondOfTheVerdict() async throws {
    let monitor = try Monitor()
    var delays: [Duration] = []
    for _ in 0..<Self.rounds {
      let pair = try TCPPair.loopback(server: .silent)
      do {
        try await monitor.whileAlive(pair.client) { _ in
          pair.serverResets()
          try await Task.sleep(for: .seconds(3600))
        }
      } catch let gone as PeerGone {
        delays.append(.now() - gone.time)
      }
    }
    #expect(delays.count == Self.rounds)
    print("promptness: a sleep ends \(delays.median) after the verdict, at most \(delays.max() ?? .zero)")
    #expect(delays.median < Self.promise)
  }

  /// The peer's program is silent, so that nothing but the shutdown can wake the reader.
  @Test func aBlockedReadReturnsWithinAMillisecondOfTheVerdict() async throws {
    let monitor = try Monitor()
    var delays: [Duration] = []
    for _ in 0..<Self.rounds {
      let pair = try TCPPair.loopback(server: .silent, nonBlocking: false)
      let read = Mutex<(count: Int, time: MonotonicTime)?>(nil)
      let socket = pair.client
      Thread.detachNewThread {
        var byte: UInt8 = 0
        let count = Glibc.read(socket, &byte, 1)
        read.withLock { $0 = (count, .now()) }
      }
      let verdict = Mutex<MonotonicTime?>(nil)
      let pinger = AppPinger { send(socket, "x", 1, CInt(MSG_NOSIGNAL)) == 1 ? .sent : .streamFull }
      let id = try monitor.watch(socket, policy: Self.silence, pinger: pinger) { event in
        guard case .verdict(let change) = event, change.verdict.isDead else { return }
        verdict.withLock { $0 = change.time }
        monitor.shutDownSocket(of: change.connection)
      }
      let limit = MonotonicTime.now() + .seconds(5)
      while read.withLock({ $0 == nil }), .now() < limit { usleep(500) }
      monitor.unwatch(id)
      let result = try #require(read.withLock { $0 })
      #expect(result.count == 0)
      delays.append(result.time - (try #require(verdict.withLock { $0 })))
    }
    print("promptness: a read returns \(delays.median) after the verdict, at most \(delays.max() ?? .zero)")
    #expect(delays.median < Self.promise)
  }

  /// Dead by the heartbeat: pings that nobody answers.
  private static let silence = Policy(
    name: "silence", detectors: [.heartbeat(interval: .milliseconds(10), misses: 3)], suspect: "heartbeat",
    dead: "heartbeat")
}
