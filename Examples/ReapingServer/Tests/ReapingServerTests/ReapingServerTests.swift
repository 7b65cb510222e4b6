import Fixtures
import Flatline
import Foundation
import ReapingServer
import Testing

/// Three thousand clients, of which some leave, some break off and some hang.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ReapingServerTests {
  private static let clients = 3000
  /// Four seconds without an answer are a death.
  private static let policy = Policy("clients") {
    DetectorUse.epoll()
    DetectorUse.heartbeat(interval: .seconds(1), misses: 4)
  } suspect: {
    "heartbeat"
  } dead: {
    "epoll"
    "heartbeat"
  }

  @Test func theDeadAreReapedByCauseAndTheLivingAreServed() async throws {
    try raiseDescriptorLimit(to: 2 * Self.clients + 1000)
    let server = try RunningServer(Self.policy)
    let crowd = ClientCrowd(port: server.port)
    defer { crowd.end() }
    let before = heapBytesInUse()
    try crowd.join(Self.clients)
    try await server.wait { $0.alive == Self.clients }
    let each = (heapBytesInUse() - before) / Self.clients

    for client in 0..<300 { crowd.leave(client) }
    for client in 300..<600 { crowd.reset(client) }
    for client in 600..<900 { crowd.hang(client) }
    let expected: [Cause: Int] = [.peerClosed: 300, .peerReset: 300, .peerHung: 300]
    try await server.wait { $0.reaped == expected }
    #expect(server.census.alive == Self.clients - 900)

    for client in 900..<Self.clients { crowd.say("hello", by: client) }
    for client in 900..<Self.clients {
      try await eventually("client \(client) to hear its echo") { crowd.received(by: client) == 5 }
    }
    // Long enough for a healthy client to be mistaken.
    try await Task.sleep(for: .seconds(5))
    #expect(server.census == Census(alive: Self.clients - 900, reaped: expected))
    print("reaping: \(each) bytes a client, both ends' bookkeeping; reaped \(server.census.reaped)")
    #expect(each < 1024)
  }

  @Test func tenThousandDeathsLeaveNothingBehind() async throws {
    try raiseDescriptorLimit(to: 3000)
    let server = try RunningServer(Self.policy)
    var inUse: [Int] = []
    for round in 1...10 {
      weak var departed: ClientCrowd?
      do {
        let crowd = ClientCrowd(port: server.port)
        departed = crowd
        defer { crowd.end() }
        try crowd.join(1000)
        try await server.wait { $0.alive == 1000 }
        for client in 0..<1000 { client % 2 == 0 ? crowd.leave(client) : crowd.reset(client) }
        try await server.wait { $0.alive == 0 }
      }
      try await eventually("the crowd to go") { departed == nil }
      #expect(server.census.reaped == [.peerClosed: 500 * round, .peerReset: 500 * round])
      inUse.append(heapBytesInUse())
    }
    // The first rounds make room that the later ones use again. A reading may fall into passing work of the runtime: the
    // least of three counts.
    let (early, late) = (inUse[2...4].min() ?? 0, inUse[7...9].min() ?? 0)
    print("reaping: the heap grew by \(late - early) bytes over 5000 deaths")
    #expect(late - early < 5000 * 8)
  }
}

struct TimedOut: Error { let waitingFor: String }

/// Looks until something is so; twenty seconds at most.
func eventually(_ event: @autoclosure () -> String, _ isSo: () -> Bool) async throws {
  let limit = ContinuousClock.now + .seconds(20)
  while !isSo() {
    guard ContinuousClock.now < limit else { throw TimedOut(waitingFor: event()) }
    try await Task.sleep(for: .milliseconds(10))
  }
}
