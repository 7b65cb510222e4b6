import Flatline
import Glibc

/// One watched connection. The caller's thread turns its monitor: one poll(2) for verdicts, signals, the time, and a
/// reader of our output that goes away.
struct Watch: ~Copyable {
  enum Next {
    case items([Inbox.Item])
    case interrupted
    case time
  }

  /// The time of its beginning.
  let start: MonotonicTime
  /// `nil` for a connection of another process.
  private let connection: Connection?
  private let monitor: Monitor
  private let id: ConnectionID
  private let inbox: Inbox
  private let interruption: Interruption

  init(
    _ connection: consuming Connection, policy: Policy, heartbeat: (any HeartbeatProtocol)?,
    _ surroundings: ToolSurroundings, _ interruption: Interruption
  ) throws(CommandError) {
    let start = MonotonicTime.now()
    let inbox = Inbox()
    let monitor = try Watch.monitor(surroundings.registry)
    let descriptor = connection.socket.descriptor
    let pinger = Watch.pinger(heartbeat, on: descriptor, telling: inbox)
    do throws(WatchError) {
      id = try monitor.watch(descriptor, policy: policy, pinger: pinger) { inbox.put(.event($0)) }
    } catch {
      if case .policy(let error) = error { throw .policy(error) }
      throw .failure("\(connection.address): \(error)")
    }
    self.start = start
    self.connection = consume connection
    self.monitor = monitor
    self.inbox = inbox
    self.interruption = interruption
  }

  /// A connection of another process.
  init(
    _ entry: DiagEntry, _ session: DiagSession, _ netlink: NetlinkOpening, policy: Policy,
    _ surroundings: ToolSurroundings, _ interruption: Interruption
  ) throws(CommandError) {
    let inbox = Inbox()
    let monitor = try Watch.monitor(surroundings.registry, netlink)
    do throws(WatchError) {
      id = try monitor.watch(entry, through: session, policy: policy) { inbox.put(.event($0)) }
    } catch {
      if case .policy(let error) = error { throw .policy(error) }
      throw .failure("\(entry.endpoints.inWords): \(error)")
    }
    start = .now()
    connection = nil
    self.monitor = monitor
    self.inbox = inbox
    self.interruption = interruption
  }

  deinit {
    monitor.unwatch(id)
    monitor.shutDown()
  }

  private static func monitor(
    _ registry: DetectorRegistry, _ netlink: NetlinkOpening = .own
  ) throws(CommandError) -> Monitor {
    do throws(Errno) {
      return try Monitor(registry: registry, drive: .application, netlink: netlink)
    } catch {
      throw .system("making a monitor", error)
    }
  }

  private static func pinger(
    _ heartbeat: (any HeartbeatProtocol)?, on descriptor: CInt, telling inbox: Inbox
  ) -> any Pinger {
    guard let heartbeat else { return DrainingPinger(descriptor: descriptor) }
    return ProtocolPinger(heartbeat, on: descriptor) { inbox.put(.protocolFailure($0)) }
  }

  /// Waits for the next event.
  ///
  /// - Throws: when our output has no reader any more.
  func next(until deadline: MonotonicTime) throws(CommandError) -> Next {
    while true {
      let items = inbox.takeAll()
      if !items.isEmpty { return .items(items) }
      var entries = [
        pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
        // Without requested events poll(2) still reports a pipe without a reader.
        pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
      ]
      let ready = poll(&entries, nfds_t(entries.count), deadline.millisecondsAway)
      guard ready >= 0 || errno == EINTR else { throw .system("poll", .current) }
      guard ready > 0 else {
        if MonotonicTime.now() >= deadline { return .time }
        continue
      }
      // Events of the monitor are reported before the end.
      if entries[0].revents != 0 { monitor.process() }
      let late = inbox.takeAll()
      if !late.isEmpty { return .items(late) }
      if entries[1].revents != 0 { return .interrupted }
      if entries[2].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 {
        throw CommandError(status: .brokenPipe, message: "")
      }
      if MonotonicTime.now() >= deadline { return .time }
    }
  }
}
