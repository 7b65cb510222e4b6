import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Testing

/// Which descriptors can be watched, and under which names.
struct IdentityTests {
  @Test func unfitDescriptorsAreRefusedWithAReason() throws {
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    #expect(reasonToRefuse(-1, monitor) == "it is not open")
    #expect(reasonToRefuse(1_000_000, monitor) == "it is not open")

    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    #expect(reasonToRefuse(ends[0], monitor) == "it is not a socket")
    let file = open("/dev/null", O_RDONLY)
    #expect(reasonToRefuse(file, monitor) == "it is not a socket")
    #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
    #expect(reasonToRefuse(ends[0], monitor) == "it is not a TCP socket")
    let datagram = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
    #expect(reasonToRefuse(datagram, monitor) == "it is not a TCP socket")

    let fresh = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    #expect(reasonToRefuse(fresh, monitor) == "it is not connected (CLOSE)")
    #expect(listen(fresh, 1) == 0)
    #expect(reasonToRefuse(fresh, monitor) == "it is not connected (LISTEN)")
    for descriptor in ends + [file, datagram, fresh] { close(descriptor) }
  }

  @Test func aSocketIsWatchedOnceAMonitor() throws {
    let pair = try TCPPair.loopback()
    let (monitor, other) = (try Monitor(), try Monitor())
    defer {
      monitor.shutDown()
      other.shutDown()
    }
    let id = try monitor.watch(pair.client, policy: .kernelOnly)
    #expect(throws: WatchError.alreadyWatched(descriptor: pair.client)) {
      try monitor.watch(pair.client, policy: .lan)
    }
    // Both ends, and another monitor, are other watches.
    _ = try monitor.watch(pair.server, policy: .kernelOnly)
    _ = try other.watch(pair.client, policy: .epollOnly)
    monitor.unwatch(id)
    _ = try monitor.watch(pair.client, policy: .kernelOnly)
  }

  @Test func namesAreNeverUsedAgain() throws {
    let pairs = try (0..<3).map { _ in try TCPPair.loopback() }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    var random = SeededGenerator(seed: 9)
    var seen: Set<ConnectionID> = []
    for _ in 0..<200 {
      let ids = try pairs.map { try monitor.watch($0.client, policy: .epollOnly) }
      for id in ids {
        #expect(seen.insert(id).inserted)
      }
      for id in ids.shuffled(using: &random) { monitor.unwatch(id) }
      // An old name does nothing.
      if let old = seen.randomElement(using: &random) { monitor.unwatch(old) }
    }
  }

  @Test func aWrongPolicyIsTold() throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let wrong = Policy(name: "wrong", detectors: [DetectorUse("epoll")], suspect: "epoll", dead: "heartbeat")
    let error = try #require(throws: WatchError.self) { try monitor.watch(pair.client, policy: wrong) }
    guard case .policy(let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(reason.source == "wrong")
    _ = try monitor.watch(pair.client, policy: .kernelOnly)
  }

  @Test func afterShutDownNothingIsWatched() throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    monitor.shutDown()
    monitor.shutDown()
    #expect(throws: WatchError.shutDown) { try monitor.watch(pair.client, policy: .kernelOnly) }
    monitor.process()
  }
}
