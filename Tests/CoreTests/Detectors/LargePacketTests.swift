import Flatline
import FlatlineTestKit
import Testing

/// A path that loses large packets only, in either direction.
struct LargePacketTests {
  /// As in `fast-path` and in `lan`.
  private static let detectors = [
    TCPInfoDetector(
      suspectAfter: .milliseconds(220), deadAfter: .milliseconds(3200), attempts: 4,
      retransmitCap: .seconds(1)),
    TCPInfoDetector(
      suspectAfter: .milliseconds(100), deadAfter: .milliseconds(1000), attempts: 2,
      retransmitCap: .seconds(1)),
  ]

  /// 6000 bytes in six segments, sent at 0 and never acknowledged; time-outs at most one second apart.
  private func stalled(at now: Int, talks: Int? = nil, until end: Int = .max, held: UInt32 = 0) -> TCPInfo {
    let attempts = ([200, 600, 1400] + Array(stride(from: 2400, to: 60_000, by: 1000))).filter { $0 <= now }
    var info = TCPInfo(state: .established)
    info.unacknowledged = 6
    info.selectivelyAcknowledged = held
    info.bytesAcknowledged = 1000
    info.acknowledgedBeyondData = -6000
    info.retransmits = attempts.count
    info.backoff = attempts.count
    info.sinceDataSent = .milliseconds(now - (attempts.last ?? 0))
    // The peer's own data, which carries old ACK numbers.
    let lastData = talks.map { min(now, end) / $0 * $0 } ?? -5000
    info.bytesReceived = UInt64(talks.map { min(now, end) / $0 * 50 } ?? 0)
    info.dataSegmentsReceived = UInt32(info.bytesReceived / 50)
    info.segmentsReceived = info.dataSegmentsReceived
    info.sinceDataReceived = .milliseconds(now - lastData)
    info.sinceAcknowledged = .milliseconds(now - max(0, lastData))
    return info
  }

  /// The peer goes on to new data: it hears our small segments. It may also hold a small one behind the large.
  @Test(arguments: [(100, 0), (1000, 0), (nil, 1)] as [(Int?, UInt32)])
  func largeSegmentsThatAreLostAreTheCause(talks: Int?, held: UInt32) throws {
    for detector in Self.detectors {
      let run = try VirtualRun(detector)
      let said = run.run(until: 12_000) { run.socket.info = stalled(at: $0, talks: talks, held: held) }
      let death = try #require(said.first { $0.evidence.leaning == .dead })
      #expect(death.evidence.cause == .largePacketsLost && death.evidence.layer == .path)
      // The kernel has had its time to try smaller segments, and has tried two sizes.
      #expect((4400...5000).contains(death.time))
      #expect(death.evidence.facts.contains { $0.name == "segment_size" })
    }
  }

  /// A dead path stops the peer's new data too, at its first time-out: as soon as ever, and for what it is.
  @Test func aPeerThatStopsToTalkIsASilentPath() throws {
    for (detector, limits) in zip(Self.detectors, [3200...3400, 1000...1200]) {
      let run = try VirtualRun(detector)
      let said = run.run(until: 12_000) { now in
        run.socket.info = stalled(at: now, talks: 100, until: 300)
        // It sends again what we have acknowledged.
        let again = [330, 750, 1590, 3290, 6690].filter { $0 <= now }
        run.socket.info.dataSegmentsReceived += UInt32(again.count)
        run.socket.info.segmentsReceived += UInt32(again.count)
        if let last = again.last { run.socket.info.sinceAcknowledged = .milliseconds(now - last) }
      }
      let death = try #require(said.first { $0.evidence.leaning == .dead })
      #expect(death.evidence.cause == .pathSilent)
      #expect(limits.contains(death.time))
      #expect(!said.contains { $0.evidence.cause == .largePacketsLost })
    }
  }

  /// A smaller size passes: alive, without a death before.
  @Test func theKernelsOwnSearchForASizeHasItsTime() throws {
    let run = try VirtualRun(Self.detectors[1])
    let said = run.run(until: 9000) { now in
      run.socket.info = stalled(at: now, talks: 100)
      guard now >= 4410 else { return }
      run.socket.info.unacknowledged = 0
      run.socket.info.retransmits = 0
      run.socket.info.bytesAcknowledged = 7000
    }
    #expect(said.contains { $0.evidence.cause == .largePacketsLost })
    #expect(!said.contains { $0.evidence.leaning == .dead })
    #expect((said.last?.evidence.leaning ?? .dead) <= .alive)
  }

  /// Out-of-order data waits from 2000 on; the peer answers each second, until a moment.
  private func behindAHole(at now: Int, heardUntil end: Int = .max, fills: Int = .max) -> TCPInfo {
    var info = TCPInfo(state: .established)
    info.bytesAcknowledged = 1000
    info.bytesReceived = now >= fills ? 9000 : 500
    info.outOfOrderReceived = now >= 2000 ? (now >= 2200 ? 2 : 1) : 0
    info.dataSegmentsReceived = 5 + info.outOfOrderReceived
    info.segmentsReceived = info.dataSegmentsReceived + UInt32(now / 1000)
    info.sinceDataSent = .seconds(100)
    info.sinceDataReceived = .milliseconds(now + 100)
    info.sinceAcknowledged = .milliseconds(now < end ? now % 1000 : now - end)
    return info
  }

  @Test func aHoleThatStaysOpenIsALossOfLargeSegments() throws {
    let run = try VirtualRun(Self.detectors[0])
    let said = run.run(until: 20_000) { run.socket.info = behindAHole(at: $0) }
    #expect(said.map(\.evidence.leaning) == [.suspicious, .dead])
    #expect(said.allSatisfy { $0.evidence.cause == .largePacketsLost })
    #expect(said.first.map { $0.time <= 2000 + 1100 + 1000 } == true)
    #expect(said.last.map { (9000...10_200).contains($0.time) } == true)
  }

  @Test func aHoleThatIsFilledIsNone() throws {
    for fills in [2300, 2800, 8000] {
      let run = try VirtualRun(Self.detectors[0])
      let said = run.run(until: 30_000) { run.socket.info = behindAHole(at: $0, fills: fills) }
      #expect(!said.contains { $0.evidence.leaning == .dead })
      #expect((said.last?.evidence.leaning ?? .alive) <= .alive)
      #expect(fills > 2500 || said.isEmpty)
    }
  }

  /// A ping that waits a moment for its acknowledgement takes nothing from what the hole says.
  @Test func anOpenHoleExplainsALateAcknowledgement() throws {
    let run = try VirtualRun(Self.detectors[1])
    let said = run.run(until: 5000) { now in
      run.socket.info = behindAHole(at: now)
      guard (3000..<3250).contains(now) else { return }
      run.socket.info.unacknowledged = 1
      run.socket.info.acknowledgedBeyondData = -1
    }
    #expect(said.contains { $0.evidence.cause == .largePacketsLost })
    #expect(!said.contains { $0.evidence.cause == .pathSilent })
  }

  /// A peer that is heard no more is another matter, and another detector's.
  @Test func aHoleBeforeASilenceIsWithdrawn() throws {
    let run = try VirtualRun(Self.detectors[0])
    let said = run.run(until: 30_000) { run.socket.info = behindAHole(at: $0, heardUntil: 4000) }
    #expect(!said.contains { $0.evidence.leaning == .dead })
    #expect(said.last.map { $0.evidence.leaning == .abstaining && $0.time <= 6500 } == true)
  }
}
