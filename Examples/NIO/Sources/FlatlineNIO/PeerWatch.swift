public import Flatline
public import NIOCore

/// What the channels of an app share: one monitor, one policy. Make one and give it to every ``DeadPeerHandler``.
public final class PeerWatch: Sendable {
  /// Sends one ping on a channel without waiting. Called on the monitor's thread.
  public typealias Ping = @Sendable (any Channel) -> PingOutcome

  let monitor: Monitor
  let policy: Policy
  let ping: Ping?

  /// - Parameters:
  ///   - policy: which detectors, and how they vote. What it makes of a FIN does not count: a FIN is SwiftNIO's to
  ///     read, since bytes may stand before it.
  ///   - ping: how to ask the peer's program for an answer, for policies with a heartbeat. Any byte that comes
  ///     is one; nothing has to be reported.
  ///   - registry: the detectors that the policy may name.
  /// - Throws: `Errno` when the kernel gives no epoll set or timer.
  public init(
    policy: Policy = .fastPath, ping: Ping? = nil, registry: DetectorRegistry = .builtIn
  ) throws(Errno) {
    var policy = policy
    policy.halfClose = .halfClosed
    self.policy = policy
    self.ping = ping
    monitor = try Monitor(registry: registry)
  }
}
