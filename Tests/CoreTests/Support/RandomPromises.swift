import FlatlineTestKit

@testable import FlatlineCore
@testable import FlatlineExplaining

/// What one detector says over time, both as promises and as the ballots that keep them to the millisecond.
struct RandomPromise {
  let aliveUntil: Int?
  let suspiciousAt: Int?
  let deadAt: Int?

  init(using random: inout SeededGenerator) {
    aliveUntil = random.chance(50) ? Int.random(in: 1...500, using: &random) : nil
    suspiciousAt = random.chance(50) ? Int.random(in: 1...500, using: &random) : nil
    // A detector that leans to dead has been suspicious or leaps there.
    deadAt = random.chance(60) ? Int.random(in: (suspiciousAt ?? 1)...600, using: &random) : nil
  }

  var promises: [PromisedEvidence] {
    var promises: [PromisedEvidence] = []
    if let aliveUntil { promises.append(.alive(.host, until: .milliseconds(aliveUntil))) }
    if let suspiciousAt {
      promises.append(PromisedEvidence(.suspicious, layer: .path, by: .milliseconds(suspiciousAt)))
    }
    if let deadAt { promises.append(PromisedEvidence(.dead, layer: .path, by: .milliseconds(deadAt))) }
    return promises
  }

  func ballot(at time: Int) -> Evidence? {
    if let deadAt, time >= deadAt { return .test(.dead) }
    if let suspiciousAt, time >= suspiciousAt { return .test(.suspicious) }
    if let aliveUntil, time < aliveUntil { return .test(.alive) }
    return nil
  }
}
