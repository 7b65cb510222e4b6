import Flatline
import FlatlineTestKit
import Testing

/// Our own receive window is closed: our app does not read, and not even a FIN would be taken.
struct OwnWindowTests {
  private let detector = TCPInfoDetector(
    suspectAfter: .milliseconds(100), deadAfter: .milliseconds(1000), attempts: 2)

  private func info(_ window: Int?, received: Int = 4096) -> TCPInfo {
    var info = TCPInfo(state: .established)
    info.receiveWindow = window
    info.bytesReceived = UInt64(received)
    info.sinceDataSent = .seconds(100)
    return info
  }

  @Test func aWindowThatStaysClosedIsSuspiciousAndNeverADeath() throws {
    for window in [0, 96] {
      let run = try VirtualRun(detector)
      let said = run.run(until: 60_000) { now in
        run.socket.info = info((2000..<50_000).contains(now) ? window : 4096)
      }
      #expect(said.map(\.evidence.leaning) == [.suspicious, .abstaining])
      #expect(said.first?.evidence.cause == .localBackpressure)
      #expect(said.first.map { (5000...6200).contains($0.time) } == true)
      // It ends by itself once the app reads.
      #expect(said.last.map { (50_000...51_200).contains($0.time) } == true)
    }
  }

  @Test func anAppThatReadsSlowlyReads() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 60_000) { now in run.socket.info = info(0, received: 4096 + now / 2000 * 100) }
    #expect(said.isEmpty)
  }

  @Test func aKernelThatDoesNotTellTheWindowAccusesNobody() throws {
    let run = try VirtualRun(detector)
    #expect(run.run(until: 60_000) { _ in run.socket.info = info(nil) }.isEmpty)
  }

  /// Data in flight that nobody acknowledges is worse.
  @Test func aSilentPathIsToldAllTheSame() throws {
    let run = try VirtualRun(detector)
    let said = run.run(until: 20_000) { now in
      run.socket.info = info(0)
      run.socket.info.bytesAcknowledged = 100
      guard now > 8000 else { return }
      run.socket.info.unacknowledged = 1
      run.socket.info.retransmits = (now - 8000) / 300
      run.socket.info.backoff = run.socket.info.retransmits
      run.socket.info.sinceDataSent = .milliseconds((now - 8000) % 300)
    }
    #expect(said.first?.evidence.cause == .localBackpressure)
    #expect(said.last?.evidence.cause == .pathSilent && said.last?.evidence.leaning == .dead)
  }
}
