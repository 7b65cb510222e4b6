import Flatline
import Testing

/// What is promised for faults of one direction, and of connections in a state of their own.
struct FieldFaultTests {
  private static let named: [Policy] = [.lan, .fastPath, .kernelOnly, .wan, .mobile, .patient]

  private func dead(_ policy: Policy, _ fault: FaultClass, _ traffic: Traffic) throws -> Duration? {
    try Explanation(policy, registry: .builtIn)[fault, traffic]?.dead
  }

  /// Retransmissions of the peer are no answer; a half-closed connection and a busy stream are watched by keepalive.
  @Test(arguments: named)
  func idleOnesAreFoundAsAnyIdleConnection(_ policy: Policy) throws {
    let idle = try #require(try dead(policy, .silentDrop, .idle))
    #expect(try dead(policy, .receiveOnlyDrop, .idle) == idle)
    // The acknowledgement of our FIN may come 40 ms late.
    let late = Duration.milliseconds(160)
    let halfClosed = try #require(try dead(policy, .halfClosedDrop, .idle))
    #expect(halfClosed > idle && halfClosed <= idle + late)
    guard policy.detectors.contains(where: { $0.name == "heartbeat" }) else { return }
    #expect(try dead(policy, .halfClosedDrop, .heartbeat) == halfClosed)
    #expect(try dead(policy, .busyStreamDrop, .heartbeat) == idle)
  }

  @Test(arguments: named)
  func dataInFlightIsFoundAsAnyInFlight(_ policy: Policy) throws {
    let inFlight = try #require(try dead(policy, .silentDrop, .inFlight))
    for fault in [FaultClass.receiveOnlyDrop, .sendOnlyDrop, .halfClosedDrop] {
      #expect(try dead(policy, fault, .inFlight) == inFlight, "\(fault)")
    }
  }

  @Test(arguments: named, [FaultClass.largePacketsLostOut, .largePacketsLostIn])
  func largePacketsLostIsTheCauseOfTheDeath(_ policy: Policy, _ fault: FaultClass) throws {
    let explanation = try Explanation(policy, registry: .builtIn)
    for traffic in Traffic.allCases {
      guard let promise = explanation[fault, traffic] else { continue }
      #expect(promise.cause == .largePacketsLost, "\(traffic)")
      #expect(promise.dead != nil, "\(traffic)")
    }
  }

  /// Small probes and their answers pass.
  @Test func keepaliveKnowsNoLargePackets() throws {
    #expect(try dead(.keepaliveOnly, .largePacketsLostIn, .idle) == nil)
    #expect(try dead(.keepaliveOnly, .largePacketsLostOut, .idle) != nil)
    #expect(
      try Explanation(.keepaliveOnly, registry: .builtIn)[.largePacketsLostOut, .idle]?.cause == .timedOut)
  }

  @Test func aFaultIsExplainedUnderItsOwnTrafficOnly() throws {
    let explanation = try Explanation(.fastPath, registry: .builtIn)
    #expect(explanation[.sendOnlyDrop, .idle] == nil)
    #expect(explanation[.busyStreamDrop, .inFlight] == nil)
    #expect(explanation[.busyStreamDrop, .heartbeat]?.decidedBy == ["keepalive"])
  }
}
