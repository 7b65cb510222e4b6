extension PolicyGroup {
  /// State of a row that exists only while something is wrong.
  final class Trouble {
    /// Each whole ballot that leans to suspicious or dead, by detector.
    // Unchecked, here and below, as in `Engine`, for the same reason.
    @exclusivity(unchecked) var ballots: ContiguousArray<Ballot?>
    /// By detector, the last ballot that a milder one replaced. Empty unless a rule counts such ballots.
    @exclusivity(unchecked) private var replaced: ContiguousArray<Ballot?> = []
    /// The memory of the rules that look at time.
    @exclusivity(unchecked) var memory = VoteMemory()
    /// The ballots since the trouble began.
    @exclusivity(unchecked) var record = Trail.Record()

    init(detectors: Int) {
      ballots = ContiguousArray(repeating: nil, count: detectors)
    }

    func clear() {
      for detector in ballots.indices { ballots[detector] = nil }
      replaced.removeAll(keepingCapacity: true)
      memory = VoteMemory()
      record.clear()
    }

    /// - Parameters:
    ///   - keeps: whether a rule may still count the ballots.
    ///   - expiry: the expiry of the standing ballot, which a stall may have moved later.
    func forgetExpired(
      by now: MonotonicTime, keeping keeps: Bool, _ expiry: (_ detector: Int) -> MonotonicTime
    ) {
      for detector in ballots.indices where ballots[detector] != nil && expiry(detector) <= now {
        if keeps { keepReplaced(detector, by: .abstaining) }
        ballots[detector] = nil
      }
    }

    /// Keeps the ballot of a detector that leans to milder now, for a rule that still counts it.
    func keepReplaced(_ detector: Int, by leaning: Leaning) {
      guard let ballot = ballots[detector], ballot.evidence.leaning > leaning else { return }
      if replaced.isEmpty { replaced = ContiguousArray(repeating: nil, count: ballots.count) }
      replaced[detector] = ballot
    }

    /// The ballots, for some detectors the replaced ones if they are graver.
    func ballots(remembering detectors: DetectorSet) -> ContiguousArray<Ballot?> {
      guard !detectors.isEmpty, !replaced.isEmpty else { return ballots }
      var remembered = ballots
      var rest = detectors
      while let detector = rest.popFirst() {
        let leaning = ballots[detector]?.evidence.leaning ?? .abstaining
        if let earlier = replaced[detector], earlier.evidence.leaning > leaning {
          remembered[detector] = earlier
        }
      }
      return remembered
    }

    var isOver: Bool { memory.isEmpty && ballots.allSatisfy { $0 == nil } }
  }
}
