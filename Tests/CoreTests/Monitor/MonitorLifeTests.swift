import Flatline
import FlatlineTestSupport
import Glibc
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
    #expect(!drive(upTo: .milliseconds(100)) { !log.changes.isEmpty })
    pair.serverCloses()
    // Nothing happens until the app says so.
    #expect(poll(1000))
    usleep(20_000)
    #expect(log.changes.isEmpty)
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

  @Test func aStallOfTheMonitorIsNobodysFault() throws {
    // A ping is out when the app stops driving, for longer than a death takes.
    let pair = try TCPPair.loopback(server: .echoes)
    let monitor = try Monitor(registry: .builtIn, drive: .application)
    let log = VerdictLog()
    let policy = Policy(
      name: "quick", detectors: [.heartbeat(interval: .milliseconds(100), misses: 6)], suspect: "heartbeat",
      dead: "heartbeat")
    let client = pair.client
    let pinger = AppPinger { send(client, "x", 1, CInt(MSG_NOSIGNAL)) == 1 ? .sent : .notNow }
    _ = try monitor.watch(pair.client, policy: policy, pinger: pinger) { log.take($0) }
    func drive(_ limit: Duration) {
      _ = eventually(within: limit) {
        monitor.process()
        return false
      }
    }
    drive(.milliseconds(250))
    pair.serverHangs()
    drive(.milliseconds(130))
    usleep(1_000_000)
    // Looked at before the answer is there.
    monitor.process()
    try pair.serverServes(.echoes)
    drive(.milliseconds(250))
    #expect(log.changes.isEmpty, "\(log.changes)")
  }
}
