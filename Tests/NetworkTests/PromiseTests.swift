import Flatline
import FlatlineTestSupport
import Testing

/// What each named policy promises for a silent drop on a path of 0.1 ms: suspect and dead in time.
struct Promise: Sendable, CustomTestStringConvertible {
  let policy: Policy
  let suspectInFlight: Duration
  let deadInFlight: Duration
  let deadIdle: Duration
  let deadHeartbeat: Duration?
  /// What must be survived: random loss, and stalls of this length at this period.
  let loss: Int
  let lossTowards: Direction?
  let stall: Duration
  let stallEvery: Duration

  var testDescription: String { policy.name }

  static let all: [Promise] = [
    Promise(
      policy: .lan, suspectInFlight: .milliseconds(250), deadInFlight: .milliseconds(1200),
      deadIdle: .milliseconds(2500), deadHeartbeat: .seconds(1), loss: 1, lossTowards: nil,
      stall: .milliseconds(300), stallEvery: .seconds(5)),
    Promise(
      policy: .fastPath, suspectInFlight: .milliseconds(400), deadInFlight: .milliseconds(3500),
      deadIdle: .seconds(4), deadHeartbeat: .seconds(3), loss: 10, lossTowards: nil,
      stall: .seconds(1), stallEvery: .seconds(10)),
    Promise(
      policy: .kernelOnly, suspectInFlight: .milliseconds(400), deadInFlight: .milliseconds(3500),
      deadIdle: .seconds(4), deadHeartbeat: nil, loss: 10, lossTowards: nil,
      stall: .seconds(1), stallEvery: .seconds(10)),
    Promise(
      policy: .wan, suspectInFlight: .seconds(1), deadInFlight: .seconds(8), deadIdle: .seconds(9),
      deadHeartbeat: .seconds(7), loss: 10, lossTowards: nil, stall: .seconds(3), stallEvery: .seconds(15)),
    Promise(
      policy: .mobile, suspectInFlight: .seconds(2), deadInFlight: .seconds(25), deadIdle: .seconds(25),
      deadHeartbeat: .seconds(20), loss: 30, lossTowards: .server, stall: .seconds(10),
      stallEvery: .seconds(28)),
    Promise(
      policy: .patient, suspectInFlight: .seconds(5), deadInFlight: .seconds(75), deadIdle: .seconds(75),
      deadHeartbeat: .seconds(60), loss: 30, lossTowards: nil, stall: .seconds(30), stallEvery: .seconds(58)),
  ]
}

@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct PromiseTests {
  /// Several connections each, so that the drop meets them at different points of their timers.
  static let phases = 3

  @Test(arguments: Promise.all)
  func silentDropIsFoundInTime(_ promise: Promise) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    var watched: [WatchedPair] = []
    defer { for each in watched { each.close() } }
    for _ in 0..<PromiseTests.phases {
      for use in WatchedPair.Use.allCases where use != .heartbeat || promise.deadHeartbeat != nil {
        watched.append(try WatchedPair(over: network, promise.policy, use, on: monitor))
      }
      try await Task.sleep(for: .milliseconds(137))
    }
    try await Task.sleep(for: .milliseconds(1500))
    for each in watched { #expect(each.log.all.isEmpty, "\(each.name)") }
    let explanation = try Explanation(promise.policy, registry: .builtIn)
    let start = MonotonicTime.now()
    try network.dropEverything()
    // The drop was in force at the latest now, and nothing was lost before `start`.
    let slack = MonotonicTime.now() - start
    for each in watched {
      let bound =
        switch each.use {
        case .idle: promise.deadIdle
        case .inFlight: promise.deadInFlight
        case .heartbeat: promise.deadHeartbeat ?? .zero
        }
      let change = try await each.log.death(by: start + bound + .seconds(2))
      let story = "\(each.name): \(each.log.story(since: start))"
      guard let change else {
        Issue.record("missed: \(story)")
        continue
      }
      #expect(change.time - start <= bound + slack, "\(story)")
      #expect(change.cause == .pathSilent, "\(story)")
      // What `flatline explain` says of it holds as well.
      let explained = try #require(explanation[.silentDrop, each.use.traffic]?.dead)
      #expect(change.time - start <= explained + slack, "\(story)")
      print(
        "promise: \(each.name): dead after \(Int((change.time - start).milliseconds)) of \(Int(bound.milliseconds)) ms, "
          + "explained as \(Int(explained.milliseconds))"
      )
      guard each.use == .inFlight else { continue }
      let suspect = each.log.first(after: start) { $0 != .alive }
      #expect((suspect?.time ?? .never) - start <= promise.suspectInFlight + slack, "\(story)")
      let foretold = try #require(explanation[.silentDrop, .inFlight]?.suspect)
      #expect((suspect?.time ?? .never) - start <= foretold + slack, "\(story)")
      if let suspect {
        print(
          "promise: \(each.name): suspect after \(Int((suspect.time - start).milliseconds)) of "
            + "\(Int(promise.suspectInFlight.milliseconds)) ms, explained as \(Int(foretold.milliseconds))")
      }
    }
  }
}
