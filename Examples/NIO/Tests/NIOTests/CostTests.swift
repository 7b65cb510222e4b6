import CMallocCounter
import Fixtures
import Flatline
import FlatlineNIO
import NIOCore
import NIOPosix
import Testing

extension NIOTests {
  /// What the handler costs: nothing for each read, little for each channel.
  @Suite struct CostTests {
    private static let reads = 100_000
    private static let channels = 5000

    @Test func aReadAllocatesNothingMore() async throws {
      let peers = try PeerWatch(policy: .lan)
      let bare = try await allocations { try $0.pipeline.syncOperations.addHandler(Swallow()) }
      let watched = try await allocations {
        try $0.pipeline.syncOperations.addHandlers(DeadPeerHandler(peers), Swallow())
      }
      print("cost: \(Self.reads) reads allocate \(bare) times, \(watched) times with the handler")
      #expect(watched <= bare)
    }

    /// How often the event loop asks for memory while reads pass its pipeline.
    private func allocations(_ prepare: @escaping @Sendable (any Channel) throws -> Void) async throws -> UInt
    {
      let loopback = try await NIOLoopback(prepare)
      let channel = loopback.channel
      return try await channel.eventLoop.submit {
        let bytes = ByteBuffer(string: "bytes")
        let pipeline = channel.pipeline.syncOperations
        // The first read of all may set things up.
        pipeline.fireChannelRead(NIOAny(bytes))
        let before = malloc_counter_of_this_thread()
        for _ in 0..<Self.reads { pipeline.fireChannelRead(NIOAny(bytes)) }
        return malloc_counter_of_this_thread() - before
      }.get()
    }

    @Test func theCounterCounts() {
      let before = malloc_counter_of_this_thread()
      let array = Array(repeating: UInt64.random(in: 0...9), count: Int.random(in: 100...200))
      withExtendedLifetime(array) { #expect(malloc_counter_of_this_thread() > before) }
    }

    @Test func aChannelCostsUnder300Bytes() async throws {
      try raiseDescriptorLimit(to: 2 * Self.channels + 1000)
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      var loopbacks: [NIOLoopback] = []
      for _ in 0..<Self.channels { loopbacks.append(try await NIOLoopback(on: group)) }
      let channels = loopbacks.map(\.channel)
      let (peers, lively) = (try PeerWatch(), try PeerWatch(policy: .fastPath))

      // What any handler takes that does nothing is SwiftNIO's.
      let empty = try await bytes(of: channels) { Empty() }
      let handler = try await bytes(of: channels) { DeadPeerHandler(peers) } - empty
      let other = try await bytes(of: channels) { DeadPeerHandler(lively) } - empty
      print("cost: \(handler) bytes a channel, fast-path \(other); SwiftNIO takes \(empty) for any handler")
      for cost in [handler, other] { #expect((1..<300).contains(cost)) }
      loopbacks = []
      try await group.shutdownGracefully()
    }

    /// What a handler in each pipeline takes of memory, per channel.
    private func bytes(
      of channels: [any Channel], _ make: @escaping @Sendable () -> any ChannelHandler
    ) async throws -> Int {
      let before = heapBytesInUse()
      try await channels[0].eventLoop.submit {
        for channel in channels {
          try channel.pipeline.syncOperations.addHandler(make(), position: .first)
        }
      }.get()
      return (heapBytesInUse() - before) / channels.count
    }
  }
}

/// The end of every pipeline here: reads go no further.
private final class Swallow: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}

/// What SwiftNIO takes for a handler that does nothing.
private final class Empty: ChannelInboundHandler {
  typealias InboundIn = Never
}
