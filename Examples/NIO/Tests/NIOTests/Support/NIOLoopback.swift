import Fixtures
import Glibc
import NIOCore
import NIOPosix

/// A connection of this process with itself, whose near end SwiftNIO owns.
final class NIOLoopback: Sendable {
  let channel: any Channel
  /// Blocking, and silent unless told otherwise.
  let far: CInt

  init(
    on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    _ prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
  ) async throws {
    let pair = try Loopback()
    // Copies for the new owners; those of the pair close with it.
    far = dup(pair.far)
    channel = try await ClientBootstrap(group: group)
      .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try prepare(channel) } }
      .withConnectedSocket(dup(pair.near)).get()
  }

  deinit {
    close(far)
    channel.close(promise: nil)
  }
}
