import FlatlineCore

/// When to look at links and routes without a message from the kernel. Often for a second after a change: the kernel
/// may hold the next message back for so long (net/core/link_watch.c). Once when a connection is suspected. Seldom
/// while something is wrong. Otherwise never. Pure.
struct PollingPace: Sendable {
  /// How long the kernel may hold a message back.
  private static let window = Duration.seconds(1)
  private static let fast = Duration.milliseconds(4)
  private static let slow = Duration.milliseconds(100)
  /// Passes over all routes take at most a quarter of the time.
  private static let rest = 3

  private var fastUntil = MonotonicTime(nanoseconds: 0)
  private var lastLook = MonotonicTime(nanoseconds: 0)
  private var lastChange = MonotonicTime(nanoseconds: 0)
  /// When to look at the links.
  private(set) var nextLinks: MonotonicTime = .never
  /// When to ask for every group's route.
  private(set) var nextPass: MonotonicTime = .never
  private var lastPassEnd = MonotonicTime(nanoseconds: 0)
  private var passCost = Duration.zero

  /// A link, an address, a rule or a nexthop object changed: routes that need it may vanish later, without a message.
  mutating func linkChanged(_ now: MonotonicTime) {
    lastChange = now
    fastUntil = now + PollingPace.window
    nextLinks = now
    askRoutes(now)
  }

  /// A link may have changed without a message from the kernel.
  mutating func askLinks(_ now: MonotonicTime) {
    nextLinks = min(nextLinks, max(now, lastLook + PollingPace.fast))
  }

  /// A route changed, or routes may have.
  mutating func askRoutes(_ now: MonotonicTime) {
    nextPass = min(nextPass, max(now, lastPassEnd + passCost * PollingPace.rest))
  }

  /// A connection became suspect: links and routes may have changed without a message from the kernel.
  mutating func someConnectionBecameSuspect(_ now: MonotonicTime) {
    askLinks(now)
    askRoutes(max(now, lastPassEnd + PollingPace.fast))
  }

  /// The links have been looked at.
  mutating func didLookAtLinks(_ now: MonotonicTime, hasTrouble: Bool) {
    lastLook = now
    if now < fastUntil {
      nextLinks = now + PollingPace.fast
    } else {
      nextLinks = hasTrouble ? now + PollingPace.slow : .never
    }
  }

  /// A pass over all routes begins.
  mutating func beginPass() {
    nextPass = .never
  }

  /// Every group's route has been asked for since `start`.
  mutating func endPass(from start: MonotonicTime, to now: MonotonicTime, hasTrouble: Bool) {
    lastPassEnd = now
    passCost = now - start
    // The kernel reports an address before it removes its routes: ask again, at growing distances, as long as something
    // may follow.
    if now < fastUntil {
      askRoutes(now + max(PollingPace.fast, now - lastChange))
    } else if hasTrouble {
      askRoutes(now + PollingPace.slow * 2)
    }
  }
}
