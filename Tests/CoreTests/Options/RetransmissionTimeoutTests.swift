import Flatline
import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// A short longest wait between retransmissions leaves the kernel's own time-out as it is without a watch.
struct RetransmissionTimeoutTests {
  /// As tcp_model_timeout computes it: 924.6 s is the documented sum of tcp_retries2 = 15 (ip-sysctl).
  @Test(arguments: [
    (15, 120_000, 924_600), (8, 120_000, 102_200), (3, 120_000, 3000), (0, 120_000, 200),
    (20, 120_000, 1_524_600), (15, 60_000, 102_200 + 7 * 60_000), (15, 1000, 1400 + 13 * 1000),
  ])
  func isTheKernelsSum(retries: Int, longest: Int, sum: Int) {
    #expect(HeldOptions.limit(retries: retries, longestWait: longest) == sum)
  }

  /// Measured without a watch, from the first retransmission: 6.5 s and 13.2 s.
  @Test(arguments: [(3, 6120 + 408), (5, 12_648 + 408), (15, 208_488 + 720_000 + 408)])
  func lastsUntilTheLastWaitIsOver(retries: Int, time: Int) {
    #expect(HeldOptions.timeout(retries: retries, firstWait: 204, longestWait: 120_000) == time)
  }

  @Test(arguments: [(15 as Int?, 928_896 as CInt), (3, 6528), (nil, 924_600)])
  func isHeldWhereTheAppHasNone(retries: Int?, held: CInt) throws {
    let socket = ScriptedSocket()
    socket.retransmissionRetries = retries
    let run = try VirtualRun(TCPInfoDetector(retransmitCap: .seconds(1)), on: socket)
    #expect(socket.options[.userTimeout] == held)
    run.end()
    #expect(socket.options[.userTimeout] == 0)
  }

  /// The kernel would end a peer that keeps its window closed and answers every probe.
  @Test func givesWayWhileTheWindowIsClosed() throws {
    let socket = ScriptedSocket()
    socket.retransmissionRetries = 3
    let run = try VirtualRun(TCPInfoDetector(retransmitCap: .seconds(1)), on: socket)
    socket.info.sendWindow = 0
    socket.info.notSent = 100
    run.give(.due, at: 100)
    #expect(socket.options[.userTimeout] == 0)
    #expect(socket.options[.retransmissionTimeoutLimit] == 1000)
    // Without answers the kernel counts probes, which come fast under the limit.
    socket.info.probes = 13
    run.give(.due, at: 5000)
    #expect(socket.options[.retransmissionTimeoutLimit] == 120_000)
    socket.info.probes = 0
    socket.info.sendWindow = 1000
    socket.info.notSent = 0
    run.give(.due, at: 6000)
    #expect(socket.options[.userTimeout] == 6528)
    #expect(socket.options[.retransmissionTimeoutLimit] == 1000)
    run.end()
    #expect(socket.options == ScriptedSocket.freshOptions)
  }
}
