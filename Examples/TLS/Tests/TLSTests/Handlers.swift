import Dispatch
import Flatline
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What a server's channel heard, and when it was closed.
final class Ended: Sendable {
  struct Record: Sendable {
    var errors: [any Error] = []
    var bytes = 0
    var closed = MonotonicTime.never
  }
  private let state = Mutex(Record())
  private let (stream, continuation) = AsyncStream<Void>.makeStream()

  func note(_ change: (inout Record) -> Void) { state.withLock { change(&$0) } }

  func finish() { continuation.finish() }

  /// Waits for the end of the channel.
  func record() async -> Record {
    for await _ in stream {}
    return state.withLock { $0 }
  }
}

/// The server's own handler: counts plain bytes, notes errors and the end.
final class Listener: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let ended: Ended

  init(_ ended: Ended) { self.ended = ended }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let count = unwrapInboundIn(data).readableBytes
    ended.note { $0.bytes += count }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ended.note { $0.errors.append(error) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    ended.note { $0.closed = .now() }
    ended.finish()
  }
}

/// The client's: answers so many reads with a byte, and then hangs: its thread stands still until it is released.
final class Answerer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private var answers: Int
  private let release: DispatchSemaphore

  init(_ answers: Int, release: DispatchSemaphore) {
    self.answers = answers
    self.release = release
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard answers > 0 else { return }
    answers -= 1
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: ".")), promise: nil)
    if answers == 0 { release.wait() }
  }
}

/// A client with a thread of its own, connected by TLS. It hangs after five answers, until `release()`.
struct HangingClient {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let semaphore = DispatchSemaphore(value: 0)

  init(to address: SocketAddress, tls: NIOSSLContext) async throws {
    _ = try await ClientBootstrap(group: group)
      .channelInitializer { [semaphore] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLClientHandler(context: tls, serverHostname: nil), Answerer(5, release: semaphore))
        }
      }
      .connect(to: address).get()
  }

  /// Lets its thread go on, and ends it with its connection.
  func release() async throws {
    semaphore.signal()
    try await group.shutdownGracefully()
  }
}
