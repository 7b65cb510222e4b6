import Echo
import Fixtures
import Flatline
import FlatlineLab
import FlatlineNIO
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

extension NIOTests {
  /// Every packet vanishes and nothing says so: what SwiftNIO alone never hears. In the network lab, for both ends of
  /// an echo connection, in both styles.
  @Suite struct SilentDropTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    /// What the policy `lan` promises on a path of 0.1 ms: 1.2 s in flight, 2.5 s idle.
    private static let promise = Duration.milliseconds(2500)
    private static let promiseInFlight = Duration.milliseconds(1200)

    @Test func bothEndsOfAnIdleConnectionCloseWithinThePromise() async throws {
      let lab = try Lab()
      defer { lab.close() }
      let peers = try PeerWatch(policy: .lan)
      let ends = try Ends(of: lab)
      let server = try await adopt(ends.server, peers)
      let client = try await adopt(ends.client, peers)
      // The first bytes have come and gone.
      try await Task.sleep(for: .milliseconds(300))
      let cut = try cut(lab)
      for end in [server, client] {
        let gone = try await end.loss()
        #expect(gone.cause == .pathSilent)
        #expect(gone.time - cut < Self.promise, "\(gone.time - cut)")
        #expect(!end.channel.isActive)
      }
    }

    @Test func aTaskThatSendsAndWaitsHearsOfIt() async throws {
      let lab = try Lab()
      defer { lab.close() }
      let peers = try PeerWatch(policy: .lan)
      let ends = try Ends(of: lab)
      let server = try await adopt(ends.server, peers)
      let client = try await ClientBootstrap(group: group).withConnectedSocket(ends.client) { channel in
        channel.eventLoop.makeCompletedFuture {
          try AsyncEchoServer.Client(wrappingChannelSynchronously: channel, watchedBy: peers)
        }
      }
      let cut = Mutex(MonotonicTime.never)
      let gone = await #expect(throws: PeerGone.self) {
        try await client.executeThenClose { inbound, outbound in
          // Hello and its echo, again and again.
          try await outbound.write(ByteBuffer(string: "hello"))
          var echoes = 0
          for try await bytes in inbound {
            echoes += 1
            if echoes == 5 {
              let time = try self.cut(lab)
              cut.withLock { $0 = time }
            }
            try await outbound.write(bytes)
          }
        }
      }
      let silence = try #require(gone).time - cut.withLock { $0 }
      #expect(gone?.cause == .pathSilent && silence < Self.promiseInFlight, "\(silence)")
      _ = try await server.loss()
    }

    /// Without the handler nobody hears anything, well beyond the promise.
    @Test func withoutTheHandlerNobodyHears() async throws {
      let lab = try Lab()
      defer { lab.close() }
      let ends = try Ends(of: lab)
      let server = try await adopt(ends.server, nil)
      let client = try await adopt(ends.client, nil)
      try await Task.sleep(for: .milliseconds(300))
      _ = try cut(lab)
      try await Task.sleep(for: Self.promise * 2)
      #expect(server.channel.isActive && client.channel.isActive)
      try await server.channel.close()
      try await client.channel.close()
    }

    /// From the moment it returns no packet passes.
    private func cut(_ lab: Lab) throws -> MonotonicTime {
      let time = MonotonicTime.now()
      try lab.path.update { $0.blackhole = true }
      return time
    }

    private func adopt(_ descriptor: CInt, _ peers: PeerWatch?) async throws -> End {
      let loss = group.any().makePromise(of: PeerGone.self)
      let channel = try await ClientBootstrap(group: group)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let peers { try pipeline.addHandler(DeadPeerHandler(peers)) }
            try pipeline.addHandler(
              EchoHandler { error in
                if let gone = error as? PeerGone { loss.succeed(gone) } else { loss.fail(error) }
              })
          }
        }
        .withConnectedSocket(descriptor).get()
      channel.closeFuture.whenComplete { _ in loss.fail(ChannelError.eof) }
      return End(channel: channel, lost: loss.futureResult)
    }
  }
}

/// One end of a connection, as SwiftNIO has it.
private struct End {
  let channel: any Channel
  let lost: EventLoopFuture<PeerGone>

  /// Waits until the channel is closed.
  func loss() async throws -> PeerGone {
    let gone = try await lost.get()
    try await channel.closeFuture.get()
    return gone
  }
}

/// A connection across the lab: its ends are sockets of two hosts, and this process has both.
private struct Ends {
  let client: CInt
  let server: CInt

  init(of lab: Lab) throws {
    let listener = try lab.server.listen()
    defer { close(listener.descriptor) }
    client = try lab.client.connect(to: lab.server.address, port: listener.port)
    server = try LoopbackSocket.accept(on: listener.descriptor)
  }
}
