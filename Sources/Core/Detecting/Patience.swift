/// How long a silence must last to convict, after earlier silences that ended.
///
/// A path that was silent and recovered loses packets or stalls. On such a path TCP may need several time-outs,
/// which double (RFC 6298, 5.5), or several answers, which the peer sends at a limited rate. For a minute, the next
/// silence of such a path must last half as long again to convict.
package struct Patience: BitwiseCopyable, Sendable {
  private static let memory: UInt64 = 60

  /// In whole seconds of the clock, to save memory: every watched connection has a `Patience`.
  private var end: UInt32 = 0

  package init() {}

  /// A suspicious silence has ended in a sign of life.
  package mutating func silenceEnded(at now: MonotonicTime) {
    end = UInt32(clamping: now.nanoseconds / 1_000_000_000 + Patience.memory)
  }

  /// Whether the path is known to have trouble.
  package func isInForce(at now: MonotonicTime) -> Bool { now.nanoseconds / 1_000_000_000 < UInt64(end) }

  /// How long a silence that began at `start` lasts until it convicts.
  package func limit(_ silence: Duration, from start: MonotonicTime) -> Duration {
    isInForce(at: start) ? silence + silence / 2 : silence
  }
}
