import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// How a monitor is run, and how it ends.
@Suite(.serialized) struct MonitorLifeTests {
  @Test(.timeLimit(.minutes(1))) func changesEndAtShutDown() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let (monitor, idle) = (try Monitor(), try TCPPair.loopback())
    let id = try monitor.watch(pair.client, policy: .epollOnly)
    let other = try monitor.watch(idle.client, policy: .epollOnly)
    let (all, mine, others) = (
      monitor.verdictChanges(), monitor.verdictChanges(of: id), monitor.verdictChanges(of: other)
    )
    pair.serverCloses()
    var iterator = all.makeAsyncIterator()
    let change = await iterator.next()
    #expect(change?.connection == id)
    #expect(change?.verdict == .dead(.peerClosed))
    monitor.shutDown()
    #expect(await iterator.next() == nil)
    var verdicts: [Verdict] = []
    for await change in mine { verdicts.append(change.verdict) }
    #expect(verdicts == [.dead(.peerClosed)])
    for await change in others { Issue.record("\(change)") }
    for await change in monitor.verdictChanges() { Issue.record("\(change)") }
  }

  @Test func anAppCanDriveTheMonitor() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    func poll(_ milliseconds: CInt) -> Bool {
      var entry = pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0)
      return Glibc.poll(&entry, 1, milliseconds) == 1
    }
    func drive(upTo limit: Duration, until condition: () -> Bool) -> Bool {
      eventually(within: limit) {
        if poll(10) { monitor.process() }
        return condition()
      }
    }
    let thread = pthread_self()
    let log = VerdictLog()
    let isHere = Log<Bool>()
    let id = try monitor.watch(pair.client, policy: .kernelOnly) { event in
      isHere.add(pthread_equal(thread, pthread_self()) != 0)
      log.take(event)
    }
    for _ in 0..<20 { monitor.process() }
    #expect(log.events.isEmpty)
    // A monitor with a thread of its own has had the time to tell what this one must not tell.
    let (threaded, told) = (try Monitor(), VerdictLog())
    defer { threaded.shutDown() }
    _ = try threaded.watch(pair.client, policy: .kernelOnly) { told.take($0) }
    pair.serverCloses()
    // Nothing happens until the app says so.
    #expect(poll(1000))
    #expect(told.waitForDeath())
    #expect(log.events.isEmpty)
    #expect(drive(upTo: .seconds(2)) { !log.changes.isEmpty })
    #expect(log.changes.map(\.verdict) == [.dead(.peerClosed)])
    #expect(isHere.entries.allSatisfy { $0 })
    monitor.unwatch(id)
    // What is left to do comes to an end.
    #expect(drive(upTo: .seconds(1)) { !poll(0) })
  }

  @Test func aMonitorThatGoesEndsItsThread() throws {
    /// Threads of this process by the name that monitors give theirs.
    func threads() -> Int {
      guard let directory = opendir("/proc/self/task") else { return -1 }
      defer { closedir(directory) }
      var count = 0
      while let entry = readdir(directory) {
        let task = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let file = fopen("/proc/self/task/\(task)/comm", "r") else { continue }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 32)
        let length = fread(&buffer, 1, buffer.count, file)
        count += String(decoding: buffer[..<length], as: UTF8.self) == "flatline\n" ? 1 : 0
      }
      return count
    }
    // Other tests run beside this one, so that only many threads can be told from none.
    let pairs = try (0..<40).map { _ in try TCPPair.loopback(server: .silent) }
    func open(_ descriptors: [CInt]) throws -> [Monitor] {
      try descriptors.map { descriptor in
        let monitor = try Monitor()
        _ = try monitor.watch(descriptor, policy: .kernelOnly)
        return monitor
      }
    }
    do {
      let monitors = try open(pairs.map(\.client))
      #expect(eventually { threads() >= 40 }, "\(threads()) threads")
      _ = monitors
    }
    #expect(eventually { threads() < 40 })
    #expect(threads() >= 0)
    // They left the sockets open and in order.
    for pair in pairs { #expect(fcntl(pair.client, F_GETFD) >= 0) }
  }

  /// A ping is out when the monitor stops running, for longer than a death takes. Had it run, that would be a death.
  @Test(arguments: [true, false])
  func aStallOfTheMonitorIsNobodysFault(isStall: Bool) throws {
    let stage = try VirtualStage(.builtIn)
    let socket = Unchecked(try #require(stage.sockets.open[1]))
    let isHung = Atomic(false)
    let pings = Atomic(0)
    let log = VerdictLog()
    let policy = Policy(
      name: "quick", detectors: [.heartbeat(interval: .milliseconds(100), misses: 6)], suspect: "heartbeat",
      dead: "heartbeat")
    let pinger = AppPinger {
      pings.add(1, ordering: .relaxed)
      if !isHung.load(ordering: .relaxed) { socket.value.info.bytesReceived += 1 }
      return .sent
    }
    _ = try stage.monitor.watch(1, policy: policy, pinger: pinger) { log.take($0) }
    stage.run(.milliseconds(250))
    #expect(log.ballots.map(\.evidence.leaning) == [.alive])
    isHung.store(true, ordering: .relaxed)
    let count = pings.load(ordering: .relaxed)
    stage.run(.milliseconds(130))
    #expect(pings.load(ordering: .relaxed) > count)
    if isStall { stage.sleep(.seconds(1)) } else { stage.run(.seconds(1)) }
    // Looked at before the answer is there.
    stage.monitor.process()
    isHung.store(false, ordering: .relaxed)
    socket.value.info.bytesReceived += 1
    stage.run(.milliseconds(250))
    #expect(log.verdicts == (isStall ? [] : [.suspect, .dead(.peerHung)]), "\(log.changes)")
  }
}
