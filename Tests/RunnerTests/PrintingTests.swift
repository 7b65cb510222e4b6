import Flatline
import FlatlineTestSupport
import Foundation
import Synchronization
import Testing

/// The command prints what the values print.
struct PrintingTests {
  /// Without what the clock says.
  private func timeless(_ line: String) -> String {
    line.replacing(/=[0-9.]+(us|ms|s)\b/, with: "=T").replacing(#/^ *[0-9.]+ s {2}/#, with: "")
  }

  @Test func aDeathPrintsTheSameTextFromTheCommandAndInAnApp() async throws {
    let server = try Flatline.serve()
    let watch = try Flatline.start(["watch", server.address, "--policy", "epoll", "--heartbeat", "echo"])
    let client = try Client(port: #require(server.address.split(separator: ":").last.flatMap { UInt16($0) }))
    // It has answered, so it has accepted: a kernel resets what its program never accepted.
    client.send([7])
    #expect(client.receive(1) == [7])
    try watch.waitForLine(containing: "heartbeat echo")
    let log = Mutex<[WatchEvent]>([])
    let monitor = try Monitor()
    let changes = monitor.verdictChanges()
    _ = try monitor.watch(client.descriptor, policy: .epollOnly) { event in
      log.withLock { $0.append(event) }
    }
    server.process.terminate()
    var change: VerdictChange?
    for await next in changes {
      change = next
      break
    }
    monitor.shutDown()
    let printed = try Flatline.outcome(of: watch).output.map(timeless)
    let told = log.withLock { $0 }.map { timeless("\($0)") }
    #expect(told.count == 2)
    #expect(told.allSatisfy(printed.contains), "\(told) \(printed)")
    let trail = try #require(change?.trail)
    #expect(trail.count == 1)
    let lines = "\(trail)".split(separator: "\n").map { "trail   " + timeless(String($0)) }
    #expect(lines.allSatisfy(printed.contains), "\(lines) \(printed)")
  }
}
