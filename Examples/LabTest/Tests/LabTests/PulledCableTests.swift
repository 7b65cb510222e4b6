import Flatline
import FlatlineLab
import KeptConnection
import Testing

/// The app on a real network, whose cable is really pulled. The whole test has under 40 lines.
@Suite(.timeLimit(.minutes(1)))
struct PulledCableTests {
  @Test(arguments: ["server's", "app's own"])
  func theAppSurvivesAPulledCable(cable: String) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let host = cable == "server's" ? lab.server : lab.client
    let app = KeptConnection(policy: .lan) {
      try lab.client.connect(to: lab.server.address, port: lab.peer.port, timeout: .seconds(1))
    }
    let (events, continuation) = AsyncStream<KeptConnection.Event>.makeStream()
    let task = Task { try await app.run { continuation.yield($0) } }
    defer { task.cancel() }
    var event = events.makeAsyncIterator()
    #expect(await event.next() == .connected)

    let pulled = MonotonicTime.now()
    try host.unplug()
    guard case .lost(let gone) = await event.next() else {
      Issue.record("it was not told")
      return
    }
    // What the policy promises for an idle connection without a heartbeat.
    #expect(gone.time - pulled < .milliseconds(2500))

    try host.plug()
    #expect(await event.next() == .connected)
  }
}
