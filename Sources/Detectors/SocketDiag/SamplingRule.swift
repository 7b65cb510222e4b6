/// Whether one dump is cheaper than asking each socket. Pure.
///
/// A dump costs time for each socket that the kernel has to write, wanted or not, and for its walk over the table of
/// connections. Single calls cost time for the wanted sockets only. `benchmarks --only sampling` measures the three
/// numbers and prints the point at which both cost the same.
struct SamplingRule: Sendable {
  /// Nanoseconds for TCP_INFO and SO_COOKIE of one socket by getsockopt.
  var call: Int
  /// Nanoseconds for one socket in a dump, read and filed.
  var entry: Int
  /// Nanoseconds for a dump of nothing.
  var walk: Int

  /// As measured; see Benchmarks/README.md.
  static let measured = SamplingRule(call: 1450, entry: 1250, walk: 700_000)

  /// - Parameters:
  ///   - due: sockets that are wanted now.
  ///   - entries: sockets that a dump would bring.
  func prefersDump(due: Int, entries: Int) -> Bool {
    due * call > walk + entries * entry
  }

  /// The most entries for which a dump is still the cheaper way.
  func mostEntries(due: Int) -> Int {
    max(0, (due * call - walk) / entry)
  }
}
