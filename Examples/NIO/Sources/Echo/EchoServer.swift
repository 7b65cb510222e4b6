public import FlatlineNIO
public import NIOCore
import NIOPosix

/// Sends back what it receives, in the style of channel handlers.
public enum EchoServer {
  /// - Parameters:
  ///   - group: runs it.
  ///   - peers: watches its clients.
  ///   - onGone: called on the event loop when a client is gone.
  /// - Returns: the listening channel, on a port of 127.0.0.1 that the kernel chose.
  public static func start(
    on group: any EventLoopGroup, peers: PeerWatch, onGone: @escaping @Sendable (any Error) -> Void = { _ in }
  ) async throws -> any Channel {
    try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(DeadPeerHandler(peers), EchoHandler(onGone))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }
}

/// Sends back what it receives. When the peer is gone it hears so by `errorCaught`.
public final class EchoHandler: ChannelInboundHandler {
  public typealias InboundIn = ByteBuffer
  public typealias OutboundOut = ByteBuffer
  private let onGone: @Sendable (any Error) -> Void

  public init(_ onGone: @escaping @Sendable (any Error) -> Void = { _ in }) {
    self.onGone = onGone
  }

  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.writeAndFlush(data, promise: nil)
  }

  public func errorCaught(context: ChannelHandlerContext, error: any Error) {
    onGone(error)
    context.close(promise: nil)
  }
}
