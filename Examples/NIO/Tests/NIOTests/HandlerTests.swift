import Echo
import Fixtures
import Flatline
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import FlatlineNIO

extension NIOTests {
  /// The handler by itself: what it says, and when it lets go.
  @Suite struct HandlerTests {
    @Test func theChannelClosesWithTheCause() async throws {
      let peers = try PeerWatch(policy: DoomDetector.policy, registry: DoomDetector.registry)
      let heard = Heard()
      let loopback = try await NIOLoopback {
        try $0.pipeline.syncOperations.addHandlers(DeadPeerHandler(peers), EchoHandler(heard.note))
      }
      try await loopback.channel.closeFuture.get()
      let gone = try #require(heard.errors.first as? PeerGone)
      #expect(gone.cause == .pathSilent && gone.decidedBy.map(\.detector) == ["doom"])
      #expect(heard.errors.count == 1)
    }

    /// The peer's kernel answers, its program does not: only a ping can tell.
    @Test func aHungPeerIsGoneByItsHeartbeat() async throws {
      let policy = Policy(
        name: "impatient", detectors: [.heartbeat(interval: .milliseconds(50), misses: 6)],
        suspect: "heartbeat", dead: "heartbeat")
      let peers = try PeerWatch(
        policy: policy,
        ping: { channel in
          channel.writeAndFlush(ByteBuffer(string: "ping\n"), promise: nil)
          return .sent
        })
      let heard = Heard()
      let loopback = try await NIOLoopback {
        try $0.pipeline.syncOperations.addHandlers(DeadPeerHandler(peers), Listener(heard.note))
      }
      // Twelve answers, which takes twice the silence that convicts; then none.
      let far = loopback.far
      let lastAnswer = try await onOwnThread { try answer(far, pings: 12) }
      #expect(heard.errors.isEmpty)
      try await loopback.channel.closeFuture.get()
      let gone = try #require(heard.errors.first as? PeerGone)
      #expect(gone.cause == .peerHung && gone.time > lastAnswer)
    }

    @Test func removedItLetsGoAndTheChannelLives() async throws {
      let peers = try PeerWatch(policy: DoomDetector.policy, registry: DoomDetector.registry)
      let loopback = try await NIOLoopback()
      let channel = loopback.channel
      let handler = try await channel.eventLoop.submit {
        let handler = DeadPeerHandler(peers)
        try channel.pipeline.syncOperations.addHandler(handler)
        return NIOLoopBound(handler, eventLoop: channel.eventLoop)
      }.get()
      let watched = try #require(await channel.eventLoop.submit { handler.value.connection }.get())
      try await channel.eventLoop.flatSubmit {
        channel.pipeline.syncOperations.removeHandler(handler.value)
      }.get()
      #expect(peers.monitor.verdict(of: watched) == nil)
      try await Task.sleep(for: .milliseconds(60))
      #expect(channel.isActive)
    }

    /// Descriptors come back at once under new sockets: every watch must have ended with its channel.
    @Test func aClosedChannelIsWatchedNoMore() async throws {
      let peers = try PeerWatch(policy: .lan)
      let heard = Heard()
      for round in 0..<200 {
        let loopback = try await NIOLoopback {
          try $0.pipeline.syncOperations.addHandlers(DeadPeerHandler(peers), EchoHandler(heard.note))
        }
        let channel = loopback.channel
        let watched = try await channel.pipeline.containsHandler(type: DeadPeerHandler.self).map {
          try? channel.pipeline.syncOperations.handler(type: DeadPeerHandler.self).connection
        }.get()
        let connection = try #require(watched)
        // Closed by us, or by the peer's FIN.
        if round % 2 == 0 { channel.close(promise: nil) } else { shutdown(loopback.far, CInt(SHUT_RDWR)) }
        try await channel.closeFuture.get()
        #expect(peers.monitor.verdict(of: connection) == nil)
      }
      #expect(heard.errors.isEmpty)
    }

    /// What stands before a FIN is SwiftNIO's to deliver.
    @Test func nothingIsLostBeforeAFIN() async throws {
      let peers = try PeerWatch(policy: .epollOnly)
      for _ in 0..<100 {
        let received = Mutex(0)
        let loopback = try await NIOLoopback {
          try $0.pipeline.syncOperations.addHandlers(
            DeadPeerHandler(peers), Counter { count in received.withLock { $0 += count } })
        }
        let bytes = [UInt8](repeating: 1, count: 100_000)
        #expect(send(loopback.far, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
        shutdown(loopback.far, CInt(SHUT_WR))
        try await loopback.channel.closeFuture.get()
        #expect(received.withLock { $0 } == bytes.count)
      }
    }

    @Test func aSocketThatCannotBeWatchedIsToldOf() async throws {
      // Not a detector that the registry knows.
      let peers = try PeerWatch(policy: DoomDetector.policy)
      let heard = Heard()
      let loopback = try await NIOLoopback {
        try $0.pipeline.syncOperations.addHandlers(DeadPeerHandler(peers), Listener(heard.note))
      }
      try await loopback.channel.eventLoop.submit {}.get()
      guard case .policy? = heard.errors.first as? WatchError else {
        Issue.record("heard \(heard.errors)")
        return
      }
    }
  }
}

/// Answers pings as they come. Returns when the last answer was sent.
private func answer(_ descriptor: CInt, pings: Int) throws -> MonotonicTime {
  var ping = [UInt8](repeating: 0, count: 5)
  for _ in 0..<pings {
    try #require(recv(descriptor, &ping, ping.count, CInt(MSG_WAITALL)) == ping.count)
    try #require(send(descriptor, "pong\n", 5, CInt(MSG_NOSIGNAL)) == 5)
  }
  return .now()
}

/// The errors that a channel told.
private final class Heard: Sendable {
  private let all = Mutex<[any Error]>([])
  var errors: [any Error] { all.withLock { $0 } }
  @Sendable func note(_ error: any Error) { all.withLock { $0.append(error) } }
}

/// Hears errors and sends nothing.
private final class Listener: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let onError: @Sendable (any Error) -> Void
  init(_ onError: @escaping @Sendable (any Error) -> Void) { self.onError = onError }
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
  func errorCaught(context: ChannelHandlerContext, error: any Error) { onError(error) }
}

/// Counts bytes.
private final class Counter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let onRead: @Sendable (Int) -> Void
  init(_ onRead: @escaping @Sendable (Int) -> Void) { self.onRead = onRead }
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    onRead(unwrapInboundIn(data).readableBytes)
  }
}
