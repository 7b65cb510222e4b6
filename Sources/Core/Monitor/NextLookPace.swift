/// Keeps a detector that asks for its next look at once, again and again, from taking the monitor's time.
///
/// A look is at least 1 ms after the look before. From the third due look in a row that asks for less, each makes the
/// wait eight times as long, up to 1 s, until one asks for a later time. The connection waits at the end of the queue
/// meanwhile.
struct NextLookPace: BitwiseCopyable {
  /// Due looks in a row that asked for less than `least`. The highest bit: the fault has been reported.
  private var state: UInt8 = 0

  private static var reported: UInt8 { 0x80 }
  /// One such look has met a deadline that just passed, two a second one; so many do not move on.
  private static var fault: UInt8 { 3 }
  /// 8 ms, 64 ms, 512 ms, and then the longest wait.
  private static var most: UInt8 { fault + 3 }
  private static var longest: Duration { .seconds(1) }

  static var least: Duration { .milliseconds(1) }

  /// Whether no connection has used it.
  var isNew: Bool { state == 0 }
  /// Whether there is nothing to reset.
  var isCalm: Bool { state & ~NextLookPace.reported == 0 }

  /// A due look asked for a time that is far enough.
  mutating func reset() { state &= NextLookPace.reported }

  /// A due look asked for a time less than `least` from now.
  ///
  /// - Returns: the wait until the next look, and whether the fault is to be reported now.
  mutating func hurry() -> (wait: Duration, isFault: Bool) {
    let count = min((state & ~NextLookPace.reported) + 1, NextLookPace.most)
    let isFault = count >= NextLookPace.fault && state & NextLookPace.reported == 0
    state = count | (isFault ? NextLookPace.reported : state & NextLookPace.reported)
    guard count >= NextLookPace.fault else { return (NextLookPace.least, false) }
    let wait = NextLookPace.least * (8 << (3 * Int(count - NextLookPace.fault)))
    return (min(wait, NextLookPace.longest), isFault)
  }
}
