import Flatline
import FlatlineNIO
import NIOCore
import NIOPosix
import Testing

extension NIOTests {
  /// How soon a task that waits on an asynchronous channel hears of the verdict.
  @Suite struct PromptnessTests {
    private static let rounds = 41

    @Test func peerGoneEndsAWaitingTaskWithinAMillisecondOfTheVerdict() async throws {
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
      let median = try #require(delays.median)
      print("promptness: a task on an asynchronous channel ends \(median) after the verdict")
      #expect(median < .milliseconds(1))
    }
  }
}
