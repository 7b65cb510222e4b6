import Flatline
public import FlatlineNIO
public import NIOCore
import NIOPosix
public import NIOSSL

/// A server that speaks TLS and watches its clients.
public enum SecureServer {
  /// - Parameters:
  ///   - group: runs it.
  ///   - peers: watches its clients.
  ///   - tls: the server's certificate or key, and what it asks of clients.
  ///   - handler: makes a client's own handler, which reads and writes plain bytes.
  /// - Returns: the listening channel, on a port of 127.0.0.1 that the kernel chose.
  public static func start(
    on group: any EventLoopGroup, peers: PeerWatch, tls: NIOSSLContext,
    handler: @escaping @Sendable () -> any ChannelHandler
  ) async throws -> any Channel {
    try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // Next to the socket: its close goes there, and asks a dead peer for no close_notify.
          try channel.pipeline.syncOperations.addHandlers(
            DeadPeerHandler(peers), NIOSSLServerHandler(context: tls), handler())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }
}
