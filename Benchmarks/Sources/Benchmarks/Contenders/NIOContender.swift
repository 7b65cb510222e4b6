import NIOCore
import NIOPosix

/// SwiftNIO: a client channel on an event loop group of one thread. NIO owns the socket from then on.
final class NIOContender: Contender {
  let mark = Mark()
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private var last: (any Channel)?

  func watch(_ descriptor: CInt) throws {
    last = try ClientBootstrap(group: group)
      .channelInitializer { [mark] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(EndHandler(mark))
        }
      }
      .withConnectedSocket(descriptor)
      .wait()
  }

  func dropLast(_ descriptor: CInt) throws {
    guard let channel = last else { return }
    last = nil
    // The end of the peer has closed it, or is about to; that it is closed already is no failure.
    channel.close(promise: nil)
    try channel.closeFuture.wait()
  }
}

/// Takes whichever sign of the end NIO gives first.
private final class EndHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let mark: Mark

  init(_ mark: Mark) {
    self.mark = mark
  }

  func channelInactive(context: ChannelHandlerContext) {
    mark.hit()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { mark.hit() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    mark.hit()
    context.close(promise: nil)
  }
}
