import Flatline
import FlatlineNIO
import NIOCore
import NIOPosix
import Testing

extension NIOTests {
  /// How soon a task that waits on an asynchronous channel hears of the verdict. Without optimization half of the time
  /// is the compiler's: `swift test -c release -Xswiftc -enable-testing`.
  @Suite struct PromptnessTests {
    private static let rounds = 41
    private static let promise = Duration.milliseconds(1)

    /// A machine busy with other things makes it later, never sooner: one series of three must be in time.
    @Test func peerGoneEndsAWaitingTaskWithinAMillisecondOfTheVerdict() async throws {
      var best = Duration.seconds(3600)
      for _ in 0..<3 where best >= Self.promise {
        let median = try await series()
        print("promptness: a task on an asynchronous channel ends \(median) after the verdict")
        best = min(best, median)
      }
      #expect(best < Self.promise)
    }

    private func series() async throws -> Duration {
      let peers = try PeerWatch(policy: DoomDetector.policy, registry: DoomDetector.registry)
      var delays: [Duration] = []
      for _ in 0..<Self.rounds {
        let loopback = try await NIOLoopback()
        let channel = try await loopback.channel.eventLoop.submit { [channel = loopback.channel] in
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel, watchedBy: peers)
        }.get()
        let gone = await #expect(throws: PeerGone.self) {
          try await channel.executeThenClose { inbound, _ in
            do {
              for try await _ in inbound {}
            } catch let gone as PeerGone {
              delays.append(.now() - gone.time)
              throw gone
            }
          }
        }
        #expect(gone?.cause == .pathSilent)
        withExtendedLifetime(loopback) {}
      }
      #expect(delays.count == Self.rounds)
      return try #require(delays.median)
    }
  }
}
