public import Flatline

/// Which cause was reported for which: expected causes down, reported causes across.
public struct ConfusionTable: Sendable {
  /// A case and the cause that was reported.
  public struct Entry: Sendable {
    /// The case, with its true cause.
    public var fact: CauseCase
    /// `nil` where no cause was reported.
    public var told: Cause?
    /// Why the trial could not be made.
    public var failure: String?

    /// Whether the true cause was reported.
    public var isRight: Bool { told == fact.cause }

    /// From its parts, each described at its property.
    public init(_ fact: CauseCase, told: Cause?, failure: String? = nil) {
      self.fact = fact
      self.told = told
      self.failure = failure
    }
  }

  /// In the order given.
  public let entries: [Entry]

  /// - Parameter entries: in any order.
  public init(_ entries: [Entry]) {
    self.entries = entries
  }

  /// - Parameters:
  ///   - cases: the cases of the run.
  ///   - records: of their trials, in the same order.
  public init(_ cases: [CauseCase], _ records: [TrialRecord]) {
    self.init(
      zip(cases, records).map { fact, record in
        Entry(fact, told: fact.told(record.result), failure: record.result.failure)
      })
  }

  /// The rows, and the first columns: every cause that was expected.
  public var expected: [Cause] { entries.map(\.fact.cause).once }

  /// The columns: the expected causes, then every other reported cause.
  public var columns: [Cause] { (expected + entries.compactMap(\.told)).once }

  /// How many times a cause was reported for another; `nil` for no report.
  public func count(_ expected: Cause, told: Cause?) -> Int {
    entries.count { $0.fact.cause == expected && $0.told == told }
  }

  /// The entries off the diagonal.
  public var wrong: [Entry] { entries.filter { !$0.isRight } }

  /// Whether every trial reported its true cause.
  public var isDiagonal: Bool { !entries.isEmpty && wrong.isEmpty }
}

extension [Cause] {
  /// The elements without repetitions, in order of first appearance.
  fileprivate var once: [Cause] {
    reduce(into: []) { causes, cause in
      if !causes.contains(cause) { causes.append(cause) }
    }
  }
}
