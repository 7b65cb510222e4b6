import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Testing

/// What each named policy promises for a silent drop on a path of 0.1 ms: suspect and dead in time.
@Suite(.onOwnThread)
struct PromiseTests {
  /// Several connections each, so that the drop meets them at different points of their timers.
  static let phases = 3

  @Test func everyDocumentedPolicyIsTried() {
    let names = ["fast-path", "kernel-only", "lan", "wan", "mobile", "patient"]
    #expect(Set(DocumentedPolicy.all.map(\.policy.name)) == Set(names))
  }

  @Test(arguments: DocumentedPolicy.all)
  func silentDropIsFoundInTime(_ documented: DocumentedPolicy) async throws {
    let (policy, promise) = (documented.policy, documented.promise)
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    var watched: [WatchedConnection] = []
    defer { for each in watched { each.close() } }
    for _ in 0..<PromiseTests.phases {
      for traffic in documented.traffics {
        watched.append(try WatchedConnection(in: lab, policy, traffic, on: monitor))
      }
      try await Task.sleep(for: .milliseconds(137))
    }
    try await Task.sleep(for: .milliseconds(1500))
    for each in watched { #expect(each.log.changes.isEmpty, "\(each.name)") }
    let explanation = try Explanation(policy, registry: .builtIn)
    let struck = try Struck(monitor) { try lab.path.update { $0.blackhole = true } }
    let start = struck.start
    for each in watched {
      let bound = try #require(promise.dead(each.traffic))
      let change = try await each.log.death(by: start + bound + .seconds(10))
      let story = "\(each.name): \(each.log.story(since: start))"
      guard let change else {
        Issue.record("missed: \(story)")
        continue
      }
      #expect(change.time - start <= bound + struck.slack, "\(story)")
      #expect(change.cause == .pathSilent, "\(story)")
      // What `flatline explain` says of it holds as well.
      let explained = try #require(explanation[.silentDrop, each.traffic]?.dead)
      #expect(change.time - start <= explained + struck.slack, "\(story)")
      print(
        "promise: \(each.name): dead after \(Int((change.time - start).milliseconds)) of \(Int(bound.milliseconds)) ms, "
          + "explained as \(Int(explained.milliseconds))"
      )
      guard let suspectBound = promise.suspect(each.traffic) else { continue }
      let suspect = each.log.first(after: start) { $0 != .alive }
      #expect((suspect?.time ?? .never) - start <= suspectBound + struck.slack, "\(story)")
      let foretold = try #require(explanation[.silentDrop, each.traffic]?.suspect)
      #expect((suspect?.time ?? .never) - start <= foretold + struck.slack, "\(story)")
      if let suspect {
        print(
          "promise: \(each.name): suspect after \(Int((suspect.time - start).milliseconds)) of "
            + "\(Int(suspectBound.milliseconds)) ms, explained as \(Int(foretold.milliseconds))")
      }
    }
  }
}
