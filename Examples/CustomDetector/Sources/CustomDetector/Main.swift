import Flatline
import Glibc
import Quiet

@main
struct Main {
  static func main() async throws {
    let policy = try QuietPolicy.load()
    print("policy \(policy.name): \(policy.detectors.map(\.name.rawValue).joined(separator: ", "))")
    let changes = try await Scene.play(policy)
    for change in changes {
      let voters = change.decidedBy.map(\.detector.rawValue).joined(separator: ", ")
      print("\(change.previous) → \(change.verdict)" + (voters.isEmpty ? "" : ", decided by \(voters)"))
      // How long the peer was silent depends on the moment; that it was said does not.
      for fact in change.decidedBy.flatMap(\.evidence.facts) {
        if case .duration(let silence) = fact.value {
          print("  \(fact.name) of at least \(silence >= .milliseconds(400) ? 400 : 200) ms")
        }
      }
    }
    guard changes.last?.decidedBy.contains(where: { $0.detector == QuietDetector.name }) == true else {
      print("the custom detector did not vote")
      exit(1)
    }
  }
}
