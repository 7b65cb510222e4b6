import CustomDetectors
import Flatline
import Glibc

@main
struct Main {
  static func main() async throws {
    let quiet = try await tell(
      "A peer that talks, then goes quiet", OurPolicies.load("quiet"),
      expecting: QuietDetector.name
    ) { try await Scene.quietPeer($0) }
    let redis = try await tell(
      "A redis-server that is stopped", OurPolicies.load("redis-ping"),
      expecting: RedisPingDetector.name
    ) { try await Scene.frozenRedis($0) }
    let lazy = try await tell(
      "A peer that reads no more", OurPolicies.load("not-sent"),
      expecting: NotSentDetector.name
    ) { try await Scene.lazyReader(reads: false, $0) }
    let maintained = try await tell(
      "A host that is taken into maintenance", OurPolicies.load("maintenance"),
      expecting: MaintenanceDetector.name
    ) { try await Scene.maintenance($0, limit: .milliseconds(500)) }
    guard quiet, redis, lazy, maintained else { exit(1) }
  }

  /// Plays a scene and prints its verdicts; false if the custom detector did not bring about the last.
  static func tell(
    _ title: String, _ policy: Policy, expecting detector: DetectorName,
    _ play: @Sendable (Policy) async throws -> [VerdictChange]
  ) async throws -> Bool {
    let names = policy.detectors.map(\.name.rawValue).joined(separator: ", ")
    print("\(title); policy \(policy.name): \(names)")
    let changes = try await play(policy)
    for change in changes {
      let voters = change.decidedBy.map(\.detector.rawValue).joined(separator: ", ")
      print("  \(change.previous) → \(change.verdict)" + (voters.isEmpty ? "" : ", decided by \(voters)"))
    }
    let decided = changes.last?.decidedBy.contains { $0.detector == detector } == true
    if !decided { print("  the custom detector did not vote") }
    return decided
  }
}
