public import Flatline
public import NIOCore

/// What the channels of an app share: one monitor, one policy. Make one and give it to every ``DeadPeerHandler``.
public final class PeerWatch: Sendable {
  /// Sends one ping on a channel without waiting. Called on the monitor's thread.
  public typealias Ping = @Sendable (any Channel) -> PingOutcome

  /// Watches the channels' sockets. It is for what the handlers do not offer: every verdict change, suspicions too, by
  /// `verdictChanges()`, and other sockets of the app. Do not shut it down while channels use it.
  public let monitor: Monitor
  let policy: Policy
  let ping: Ping?
  private let routes = Routes()

  /// - Parameters:
  ///   - policy: which detectors, and how they vote. The default needs nothing of the app; with a `ping`, take one that
  ///     has a heartbeat, such as `.fastPath`. What it makes of a FIN does not count: a FIN is SwiftNIO's to
  ///     read, since bytes may stand before it.
  ///   - ping: how to ask the peer's program for an answer, for policies with a heartbeat. Any byte that comes
  ///     is one; nothing has to be reported.
  ///   - registry: the detectors that the policy may name.
  /// - Throws: `Errno` when the kernel gives no epoll set or timer.
  public init(
    policy: Policy = .kernelOnly, ping: Ping? = nil, registry: DetectorRegistry = .builtIn
  ) throws(Errno) {
    var policy = policy
    policy.halfClose = .halfClosed
    self.policy = policy
    self.ping = ping
    monitor = try Monitor(registry: registry) { [routes] in routes.take($0) }
  }

  /// Begins to watch a channel's socket. On its event loop.
  func watch(_ socket: CInt, of channel: any Channel) throws(WatchError) -> ConnectionID {
    let pinger = ping.map { ping in AppPinger { ping(channel) } }
    let connection = try monitor.watch(socket, policy: policy, pinger: pinger)
    if let gone = routes.add(channel.pipeline, for: connection) {
      DeadPeerHandler.close(channel.pipeline, gone)
    }
    return connection
  }

  /// Ends a watch. SwiftNIO may have closed the descriptor already: the monitor knows a socket by its cookie, not its
  /// number.
  func unwatch(_ connection: ConnectionID) {
    monitor.unwatch(connection)
    routes.remove(connection)
  }
}
