public import FlatlineNIO
public import NIOCore
import NIOPosix

/// Sends back what it receives, in the style of `NIOAsyncChannel`: a task for each client.
public struct AsyncEchoServer: Sendable {
  public typealias Client = NIOAsyncChannel<ByteBuffer, ByteBuffer>
  private let listener: NIOAsyncChannel<Client, Never>

  /// - Parameters:
  ///   - group: runs it.
  ///   - peers: watches its clients.
  public init(on group: any EventLoopGroup, peers: PeerWatch) async throws {
    listener = try await ServerBootstrap(group: group)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try Client(wrappingChannelSynchronously: channel, watchedBy: peers)
        }
      }
  }

  public var address: SocketAddress? { listener.channel.localAddress }

  /// Serves until cancelled.
  ///
  /// - Parameter onEnd: called with the error that ended a client's stream, such as `PeerGone`; `nil` for its
  ///   orderly end.
  public func run(onEnd: @escaping @Sendable ((any Error)?) -> Void) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await listener.executeThenClose { clients in
        for try await client in clients {
          group.addTask {
            do {
              try await client.executeThenClose { inbound, outbound in
                for try await bytes in inbound { try await outbound.write(bytes) }
              }
              onEnd(nil)
            } catch {
              onEnd(error)
            }
          }
        }
      }
    }
  }
}
