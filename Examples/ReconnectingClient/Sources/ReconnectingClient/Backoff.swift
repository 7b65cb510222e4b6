/// How long to wait before the next attempt: exponential back-off with full jitter.
///
/// Each wait is drawn evenly from zero to `base · 2ⁿ`, at most `cap`, so that clients that lost the same server do not
/// come back at the same time (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
public struct Backoff: Sendable {
  private let base: Duration
  private let cap: Duration
  private var attempts = 0

  /// - Parameters:
  ///   - base: the longest first wait.
  ///   - cap: the longest wait of all.
  public init(base: Duration = .milliseconds(50), cap: Duration = .seconds(20)) {
    self.base = base
    self.cap = cap
  }

  /// The wait before the next attempt.
  public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    defer { attempts += 1 }
    return longest(attempts) * Double.random(in: 0...1, using: &generator)
  }

  /// The wait before the next attempt.
  public mutating func next() -> Duration {
    var generator = SystemRandomNumberGenerator()
    return next(using: &generator)
  }

  /// Something went well: the next wait is a first one.
  public mutating func reset() { attempts = 0 }

  /// `base · 2ⁿ`, at most `cap`.
  private func longest(_ attempts: Int) -> Duration {
    // After 62 doublings of a nanosecond 146 years have passed.
    var wait = base
    for _ in 0..<min(attempts, 62) where wait < cap { wait *= 2 }
    return min(wait, cap)
  }
}
