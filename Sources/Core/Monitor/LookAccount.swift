/// A detector's looks and their time, as far as they were timed.
///
/// Reading the clock twice costs a good part of a cheap look. So the first looks are timed, then one in 16; but each
/// one of a detector that takes long.
struct LookAccount: BitwiseCopyable {
  private(set) var looks: UInt64 = 0
  private var timed: UInt64 = 0
  private var nanoseconds: UInt64 = 0
  private var longest: UInt64 = 0

  private static var first: UInt64 { 64 }
  /// The mean from which on a detector takes long, in nanoseconds: several readings of TCP_INFO.
  private static var long: UInt64 { 10_000 }

  /// Counts a look.
  ///
  /// - Returns: whether to time it.
  mutating func count() -> Bool {
    looks &+= 1
    return looks & 15 == 0 || timed < LookAccount.first || nanoseconds > timed &* LookAccount.long
  }

  /// Adds the time of a look.
  mutating func add(_ time: Duration) {
    let spent = UInt64(clamping: time.clampedNanoseconds)
    timed &+= 1
    nanoseconds &+= spent
    longest = max(longest, spent)
  }

  func summary(of detector: DetectorName, in policy: String) -> MonitorAccount.Detector {
    let time = timed == 0 ? 0 : Double(nanoseconds) * Double(looks) / Double(timed)
    return MonitorAccount.Detector(
      name: detector, policy: policy, looks: Int(clamping: looks),
      time: .nanoseconds(Int64(exactly: time.rounded()) ?? .max),
      longest: .nanoseconds(Int64(clamping: longest)))
  }
}
