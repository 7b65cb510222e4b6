/// How a verdict came about: the ballots since the first sign of trouble, in order of time.
///
/// Kept only while something is wrong: a healthy connection has none. It is a collection of its entries.
public struct Trail: Hashable, Sendable {
  /// One ballot of the trail.
  public struct Entry: Hashable, Sendable {
    /// The detector and its evidence.
    public let ballot: Ballot
    /// Whether the verdict rests on it.
    public let hasDecided: Bool

    /// From its parts, each described at its property.
    public init(_ ballot: Ballot, hasDecided: Bool) {
      self.ballot = ballot
      self.hasDecided = hasDecided
    }
  }

  /// From the first sign of trouble to the verdict.
  public let entries: [Entry]
  /// Number of entries left out after the first few. A connection can be in trouble for long.
  public let omitted: Int

  /// A trail of these entries, for tests of code that takes a trail.
  public init(_ entries: [Entry] = [], omitted: Int = 0) {
    self.entries = entries
    self.omitted = omitted
  }
}

extension Trail: RandomAccessCollection {
  /// The first entry's place: 0.
  public var startIndex: Int { entries.startIndex }
  /// The place after the last entry.
  public var endIndex: Int { entries.endIndex }

  /// The entry at a place from 0 on, in order of time.
  public subscript(place: Int) -> Entry { entries[place] }
}

extension Trail {
  /// The ballots on one connection in trouble: the first few and the latest ones.
  struct Record: Sendable {
    private var ballots: [Ballot] = []
    private var omitted = 0

    private static let first = 4
    private static let most = 24

    mutating func add(_ ballot: Ballot) {
      ballots.append(ballot)
      guard ballots.count > Record.most else { return }
      ballots.remove(at: Record.first)
      omitted += 1
    }

    /// The latest ballot.
    var last: Ballot? { ballots.last }

    /// A detector's last ballot that is not of an end by the kernel, if it accuses.
    func accusation(by detector: DetectorName) -> Ballot? {
      let latest = ballots.last { $0.detector == detector && !$0.evidence.isConclusive }
      return latest.flatMap { $0.evidence.leaning > .alive ? $0 : nil }
    }

    /// Removes all ballots and keeps the capacity.
    mutating func clear() {
      ballots.removeAll(keepingCapacity: true)
      omitted = 0
    }

    /// The trail of a verdict that rests on some of the ballots.
    func trail(decidedBy deciders: [Ballot]) -> Trail {
      var entries = ballots.map { Entry($0, hasDecided: false) }
      for decider in deciders {
        let latest = entries.lastIndex { $0.ballot.detector == decider.detector }
        let isLatest = latest.map { entries[$0].ballot.evidence.leaning == decider.evidence.leaning }
        // An earlier ballot may decide (``Rule/recent(_:for:)``).
        let place = isLatest == true ? latest : entries.lastIndex { $0.ballot == decider }
        if let place {
          entries[place] = Entry(entries[place].ballot, hasDecided: true)
        } else {
          entries.append(Entry(decider, hasDecided: true))
        }
      }
      // Stable: ballots of one moment stay in the order in which they were cast.
      let ordered = entries.enumerated().sorted { left, right in
        let (a, b) = (left.element.ballot.evidence.time, right.element.ballot.evidence.time)
        return a == b ? left.offset < right.offset : a < b
      }
      return Trail(ordered.map(\.element), omitted: omitted)
    }
  }
}
