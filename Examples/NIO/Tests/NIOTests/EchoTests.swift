import Echo
import Flatline
import FlatlineNIO
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Everything of this package's tests that must not run at the same time: they measure.
@Suite(.serialized, .timeLimit(.minutes(2)))
enum NIOTests {}

extension NIOTests {
  /// The echo server and its clients, in both styles.
  @Suite struct EchoTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    @Test func whatIsSentComesBackInBothStyles() async throws {
      let peers = try PeerWatch(policy: .lan)
      let server = try await EchoServer.start(on: group, peers: peers)
      try await expectEcho(from: #require(server.localAddress), peers)
      try await server.close()

      let asyncServer = try await AsyncEchoServer(on: group, peers: peers)
      let ended = group.any().makePromise(of: Void.self)
      let running = Task {
        try await asyncServer.run { error in
          if let error { ended.fail(error) } else { ended.succeed() }
        }
      }
      defer { running.cancel() }
      try await expectEcho(from: #require(asyncServer.address), peers)
      // The client has closed: no more than a FIN.
      try await ended.futureResult.get()
    }

    /// A megabyte there and back, by a client that is watched too.
    private func expectEcho(from address: SocketAddress, _ peers: PeerWatch) async throws {
      let client = try await ClientBootstrap(group: group).connect(to: address) { channel in
        channel.eventLoop.makeCompletedFuture {
          try AsyncEchoServer.Client(wrappingChannelSynchronously: channel, watchedBy: peers)
        }
      }
      let sent = ByteBuffer(bytes: (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
      let received = try await client.executeThenClose { inbound, outbound in
        async let written: Void = outbound.write(sent)
        var received = ByteBuffer()
        for try await bytes in inbound {
          received.writeImmutableBuffer(bytes)
          if received.readableBytes >= sent.readableBytes { break }
        }
        try await written
        return received
      }
      #expect(received == sent)
    }
  }
}
