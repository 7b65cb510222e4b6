import Flatline
public import NIOCore

/// Closes its channel when the other end is gone, and says why: `errorCaught` with a `PeerGone`, then the close.
///
///     channel.pipeline.syncOperations.addHandler(DeadPeerHandler(peers))
///
/// For servers' and clients' TCP channels. Add it first, before a TLS handler too: every other handler then hears of the
/// death, and the close goes to the socket, without TLS's own shutdown. What
/// SwiftNIO hears by itself (a FIN, a RST) it may tell before, as it always does; this handler adds what it cannot
/// hear: silence.
///
/// It takes no part in reading or writing. The watch lasts while the channel is active and the handler is in its
/// pipeline.
public final class DeadPeerHandler: ChannelInboundHandler, RemovableChannelHandler {
  public typealias InboundIn = Never

  private let peers: PeerWatch
  /// Set while the watch lasts.
  private(set) var connection: ConnectionID?

  public init(_ peers: PeerWatch) {
    self.peers = peers
  }

  public func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { watch(context) }
  }

  public func channelActive(context: ChannelHandlerContext) {
    watch(context)
    context.fireChannelActive()
  }

  public func channelInactive(context: ChannelHandlerContext) {
    unwatch()
    context.fireChannelInactive()
  }

  public func handlerRemoved(context: ChannelHandlerContext) {
    unwatch()
  }

  private func watch(_ context: ChannelHandlerContext) {
    guard connection == nil else { return }
    do {
      connection = try context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
        of: NIOBSDSocket.Handle.self
      ) { [channel = context.channel] socket in try peers.watch(socket, of: channel) }
      if connection == nil { throw ChannelError.operationUnsupported }
    } catch {
      // Unwatched, and the app knows.
      context.fireErrorCaught(error)
    }
  }

  private func unwatch() {
    connection.map(peers.unwatch)
    connection = nil
  }

  /// Tells a channel of its peer's death and closes it, if it has a handler that waits for this. On any thread.
  static func close(_ pipeline: ChannelPipeline, _ gone: PeerGone) {
    pipeline.eventLoop.execute {
      let context = try? pipeline.syncOperations.context(handlerType: DeadPeerHandler.self)
      // The channel may have closed by itself meanwhile.
      guard let context, (context.handler as? DeadPeerHandler)?.connection == gone.connection else { return }
      context.fireErrorCaught(gone)
      context.close(promise: nil)
    }
  }
}
