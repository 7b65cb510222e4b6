import FlatlineLab
import Synchronization

/// Lets labs be built, struck and taken down one after the other: that costs time which others measure.
///
/// Strikes go first. A lab that waits for its strike sends meanwhile, and 40 of those keep a core busy.
final class LabGate: Sendable {
  private let gate = Mutex(())
  /// Of all that build or take down, one at a time waits for the strikes.
  private let changes = Mutex(())
  private let strikes = Atomic(0)

  /// Builds a lab, or takes one down.
  func change<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    try changes.withLock { _ throws(Failure) in
      // A mutex is not fair: who has just left it would often be the next to enter.
      while strikeCount > 0 { NamedThread.sleep(.milliseconds(2)) }
      return try gate.withLock { _ throws(Failure) in try body() }
    }
  }

  /// How many strikes are made or wait.
  var strikeCount: Int { strikes.load(ordering: .relaxed) }

  /// Makes a fault.
  func strike<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    strikes.add(1, ordering: .relaxed)
    defer { strikes.subtract(1, ordering: .relaxed) }
    return try gate.withLock { _ throws(Failure) in try body() }
  }
}
