/// Whether one dump is cheaper than asking each socket. Pure.
///
/// A dump costs by what the kernel has to write, wanted or not, and something for its walk over the table of
/// connections; a call each costs by what is wanted. `benchmarks --only sampling` measures the three numbers and
/// prints where the two meet.
struct SamplingRule: Sendable {
  /// Nanoseconds for TCP_INFO and SO_COOKIE of one socket by getsockopt.
  static let call = 1900
  /// Nanoseconds for one socket in a dump, read and filed.
  static let entry = 1300
  /// Nanoseconds for a dump of nothing.
  static let walk = 450_000

  /// - Parameters:
  ///   - due: sockets that are wanted now.
  ///   - entries: sockets that a dump would bring.
  static func prefersDump(due: Int, entries: Int) -> Bool {
    due * call > walk + entries * entry
  }

  /// The most entries for which a dump would still be the cheaper way.
  static func mostEntries(due: Int) -> Int {
    max(0, (due * call - walk) / entry)
  }
}
