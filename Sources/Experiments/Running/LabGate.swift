import FlatlineLab
import Synchronization

/// Builds, strikes and takes down labs one after the other: each of these takes time and disturbs others' measurements.
///
/// Strikes go first: a lab that waits for its strike sends meanwhile, and 40 of those keep a core busy.
final class LabGate: Sendable {
  private let gate = Mutex(())
  /// Only one lab at a time waits for the strikes in order to build or take down.
  private let changes = Mutex(())
  private let strikes = Atomic(0)

  /// Builds a lab, or takes one down.
  func change<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    try changes.withLock { _ throws(Failure) in
      // A mutex is not fair: the thread that just released it often acquires it again.
      while strikeCount > 0 { NamedThread.sleep(.milliseconds(2)) }
      return try gate.withLock { _ throws(Failure) in try body() }
    }
  }

  /// How many strikes are in progress or waiting.
  var strikeCount: Int { strikes.load(ordering: .relaxed) }

  /// Makes a fault.
  func strike<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    strikes.add(1, ordering: .relaxed)
    defer { strikes.subtract(1, ordering: .relaxed) }
    return try gate.withLock { _ throws(Failure) in try body() }
  }
}
