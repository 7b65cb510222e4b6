import Flatline
import FlatlineLab
import KeptConnection
import Synchronization
import Testing

/// The same app under a policy that hears only what the kernel reports by itself.
struct WithoutFlatlineTests {
  @Test(.timeLimit(.minutes(1))) func thePulledCableIsNotNoticed() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let events = Mutex<[KeptConnection.Event]>([])
    let app = KeptConnection(policy: .epollOnly) {
      try lab.client.connect(to: lab.server.address, port: lab.peer.port)
    }
    let task = Task { try await app.run { event in events.withLock { $0.append(event) } } }
    defer { task.cancel() }
    while events.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
    try lab.server.unplug()
    try await Task.sleep(for: .seconds(6))
    #expect(events.withLock { $0 } == [.connected])
  }
}
