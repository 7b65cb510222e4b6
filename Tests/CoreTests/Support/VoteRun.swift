import FlatlineTestKit

@testable import FlatlineCore

extension MonotonicTime {
  /// So many milliseconds after a start that is far from zero.
  static func at(_ milliseconds: Int) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000_000) + .milliseconds(milliseconds)
  }
}

/// One connection's vote over time: ballots by detector, and what the rules remember.
struct VoteRun {
  let policy: Policy
  private let plan: VotingPlan
  private var memory = VoteMemory()
  var ballots: [DetectorName: Evidence] = [:]

  init(_ policy: Policy) {
    self.policy = policy
    plan = VotingPlan(policy)
  }

  mutating func decide(_ milliseconds: Int) -> Decision {
    let detectors = policy.detectors.map { ballots[$0.name].map { StandingBallot($0) } ?? .none }
    return plan.decide(memory: &memory, now: .at(milliseconds)) { detectors[$0] }
  }

  /// The verdict of ballots that have just been cast.
  static func verdict(_ policy: Policy, _ ballots: [DetectorName: Evidence]) -> Decision.Kind {
    var run = VoteRun(policy)
    run.ballots = ballots
    return run.decide(1).kind
  }

  func names(of detectors: DetectorSet) -> [DetectorName] {
    policy.detectors.enumerated().filter { detectors.contains($0.offset) }.map(\.element.name)
  }
}

extension Decision.Kind {
  var gravity: Int { Int(rawValue) }
}

extension Evidence {
  /// A ballot for the vote alone.
  static func test(
    _ leaning: Leaning, at milliseconds: Int = 0, lifetime: Duration? = nil, isConclusive: Bool = false,
    isHalfClose: Bool = false
  ) -> Evidence {
    Evidence(
      leaning, layer: .path, at: .at(milliseconds), lifetime: lifetime, isConclusive: isConclusive,
      isHalfClose: isHalfClose)
  }
}

extension SeededGenerator {
  /// A ballot, or none. `nothingHalf` leaves half-closes out.
  mutating func ballot(at milliseconds: Int = 0) -> Evidence? {
    switch Int.random(in: 0..<9, using: &self) {
    case 0, 1: nil
    case 2: .test(.abstaining, at: milliseconds)
    case 3, 4: .test(.alive, at: milliseconds)
    case 5, 6: .test(.suspicious, at: milliseconds)
    case 7: .test(.dead, at: milliseconds)
    default: .test(.dead, at: milliseconds, isConclusive: true, isHalfClose: chance(50))
    }
  }

  mutating func ballots(for policy: Policy) -> [DetectorName: Evidence] {
    var ballots: [DetectorName: Evidence] = [:]
    for use in policy.detectors { ballots[use.name] = ballot() }
    return ballots
  }
}
