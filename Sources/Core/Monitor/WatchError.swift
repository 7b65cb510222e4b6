/// Why a socket cannot be watched, or is watched no more.
@nonexhaustive
public enum WatchError: Error, Hashable, Sendable {
  /// The descriptor is not open, not a socket, or not a connected TCP socket; or it is connected to itself, is MPTCP, or
  /// lacks an option that a watch reads.
  case unfit(descriptor: CInt, reason: String)
  /// A connection without a descriptor cannot be watched.
  case unfitConnection(reason: String)
  /// This monitor watches the socket already.
  case alreadyWatched(descriptor: CInt)
  /// The policy is wrong.
  case policy(PolicyError)
  /// A detector of the policy cannot make the source that its connections share.
  case source(DetectorName, SourceError)
  /// The kernel refused.
  case system(Errno)
  /// The monitor was shut down.
  case shutDown
  /// The watch was ended, by `unwatch` or `shutDown`, while its outcome was awaited.
  case ended
}

extension WatchError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unfit(let descriptor, let reason): "descriptor \(descriptor) cannot be watched: \(reason)"
    case .unfitConnection(let reason): "the connection cannot be watched: \(reason)"
    case .alreadyWatched(let descriptor): "descriptor \(descriptor) is watched already by this monitor"
    case .policy(let error): error.description
    case .source(let detector, let error): "the detector \(detector) cannot work: \(error)"
    case .system(let error): "the kernel refused: \(error)"
    case .shutDown: "the monitor was shut down"
    case .ended: "the watch was ended while its outcome was awaited"
    }
  }
}
