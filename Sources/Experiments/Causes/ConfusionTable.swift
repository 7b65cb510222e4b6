public import Flatline

/// Which cause was told for which: expected down, told across.
public struct ConfusionTable: Sendable {
  /// A case and what was told in it.
  public struct Entry: Sendable {
    /// What was tried, and the plain truth of it.
    public var fact: CauseCase
    /// `nil` where nothing was told.
    public var told: Cause?
    /// Why the trial could not be made.
    public var failure: String?

    /// Whether the plain truth was told.
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
  ///   - cases: what was tried.
  ///   - records: of their trials, in the same order.
  public init(_ cases: [CauseCase], _ records: [TrialRecord]) {
    self.init(
      zip(cases, records).map { fact, record in
        Entry(fact, told: fact.told(record.result), failure: record.result.failure)
      })
  }

  /// The rows, and the first columns: every cause that was expected.
  public var expected: [Cause] { entries.map(\.fact.cause).once }

  /// The columns: what was expected, then whatever else was told.
  public var columns: [Cause] { (expected + entries.compactMap(\.told)).once }

  /// How often a cause was told for another; `nil` for nothing told.
  public func count(_ expected: Cause, told: Cause?) -> Int {
    entries.count { $0.fact.cause == expected && $0.told == told }
  }

  /// What is off the diagonal.
  public var wrong: [Entry] { entries.filter { !$0.isRight } }

  /// Whether every trial told its cause.
  public var isDiagonal: Bool { !entries.isEmpty && wrong.isEmpty }
}

extension [Cause] {
  /// Each once, in the order of the first.
  fileprivate var once: [Cause] {
    reduce(into: []) { causes, cause in
      if !causes.contains(cause) { causes.append(cause) }
    }
  }
}
