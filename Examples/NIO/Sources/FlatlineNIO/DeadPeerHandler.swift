import Flatline
public import NIOCore

/// Closes its channel when the other end is gone, and says why: `errorCaught` with a `PeerGone`, then the close.
///
///     channel.pipeline.syncOperations.addHandler(DeadPeerHandler(peers))
///
/// For servers' and clients' TCP channels. Add it first, so that every other handler hears of the death. What
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
      let pinger = peers.ping.map { [channel = context.channel] ping in AppPinger { ping(channel) } }
      connection = try context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
        of: NIOBSDSocket.Handle.self
      ) { [pipeline = context.pipeline] socket in
        // The closure holds one reference and nothing else: that takes no memory of its own.
        try peers.monitor.watch(socket, policy: peers.policy, pinger: pinger) { event in
          DeadPeerHandler.take(event, pipeline)
        }
      }
      if connection == nil { throw ChannelError.operationUnsupported }
    } catch {
      // Unwatched, and the app knows.
      context.fireErrorCaught(error)
    }
  }

  /// SwiftNIO may have closed the descriptor already. The monitor knows a socket by its cookie, not its number.
  private func unwatch() {
    connection.map(peers.monitor.unwatch)
    connection = nil
  }

  /// On the monitor's thread.
  private static func take(_ event: WatchEvent, _ pipeline: ChannelPipeline) {
    guard case .verdict(let change) = event, let gone = PeerGone(change) else { return }
    pipeline.eventLoop.execute {
      let context = try? pipeline.syncOperations.context(handlerType: DeadPeerHandler.self)
      // The channel may have closed by itself meanwhile.
      guard let context, (context.handler as? DeadPeerHandler)?.connection == gone.connection else { return }
      context.fireErrorCaught(gone)
      context.close(promise: nil)
    }
  }
}
