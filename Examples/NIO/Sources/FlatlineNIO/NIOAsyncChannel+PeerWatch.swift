public import NIOCore

extension NIOAsyncChannel {
  /// Wraps a channel whose peer is watched: when it is gone `PeerGone` ends the inbound stream, and with it the task
  /// that waits for it; writes then fail.
  ///
  ///     try await channel.executeThenClose { inbound, outbound in
  ///       for try await bytes in inbound { … }   // throws PeerGone
  ///     }
  ///
  /// - Parameters:
  ///   - channel: a TCP channel. To be called on its event loop, such as in a bootstrap's initializer.
  ///   - peers: who watches, and by which policy.
  ///   - configuration: as for any asynchronous channel.
  public init(
    wrappingChannelSynchronously channel: any Channel, watchedBy peers: PeerWatch,
    configuration: Configuration = .init()
  ) throws {
    try channel.pipeline.syncOperations.addHandler(DeadPeerHandler(peers), position: .first)
    try self.init(wrappingChannelSynchronously: channel, configuration: configuration)
  }
}
