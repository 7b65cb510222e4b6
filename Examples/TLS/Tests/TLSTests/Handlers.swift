import Flatline
import NIOCore
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

/// The client's: answers so many reads with a byte, and then hangs.
final class Answerer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private var answers: Int

  init(_ answers: Int) { self.answers = answers }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    answers -= 1
    if answers >= 0 { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: ".")), promise: nil) }
    if answers == 0 { context.channel.setOption(.autoRead, value: false).whenFailure { _ in } }
  }
}
