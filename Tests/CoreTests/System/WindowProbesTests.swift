import FlatlineCore
import Testing

/// Which probes of a closed window count against the peer.
struct WindowProbesTests {
  @Test(arguments: [0, 40, 300], [0, 0.12])
  func aLivingPeerLeavesNoneUnanswered(roundTrip: Int, lateness: Double) {
    for answered in stride(from: -500, through: 0, by: 100) {
      let probing = WindowProbing(roundTrip: roundTrip, lateness: lateness, answered: answered)
      let blamed = stride(from: 0, to: 60_000, by: 4).filter { probing.info(at: $0).unansweredProbes > 0 }
      #expect(blamed.first == nil)
    }
  }

  /// One that nobody would have answered, one that a dead peer did not.
  @Test func ofADeadPeerAllCountOnceTheyHadTheirTime() {
    let probing = WindowProbing(diesAt: 0)
    // Sent at 212, 636, 1484 and 3180 ms.
    let seen = [800, 1484, 1600, 1800, 3600, 3800].map { probing.info(at: $0).unansweredProbes }
    #expect(seen == [0, 1, 1, 2, 2, 3])
    #expect(probing.info(at: 1600).isWindowAnswered)
    #expect(!probing.info(at: 1800).isWindowAnswered)
  }

  /// Long waits are under no limit.
  @Test func theFirstCountsAfterALongWait() {
    let probing = WindowProbing(diesAt: 20_000)
    let silence = (0..<120_000).first { $0 > 20_000 && probing.info(at: $0).probes == 1 } ?? .max
    #expect(probing.info(at: silence).unansweredProbes == 0)
    #expect(probing.info(at: silence + 7000).unansweredProbes == 1)
  }

  @Test func whatTheKernelNeverSaysIsNoTrap() {
    var info = TCPInfo(state: .established)
    (info.probes, info.backoff, info.retransmissionTimeout) = (.max, .max, .seconds(1_000_000))
    #expect(info.unansweredProbes == 254)
    (info.probes, info.backoff) = (3, 0)
    #expect(info.unansweredProbes == 2)
  }
}
