package import FlatlineCore
import Synchronization

/// A clock and an event queue under a test's control. A monitor on it runs the same code as on epoll, and hours take
/// milliseconds.
///
/// Sockets on it are ``ScriptedSocket``s with made-up descriptors. For one thread, except for the queue's wake-up.
package final class VirtualMachine: EventQueue, MonotonicClock {
  private struct State {
    var now: MonotonicTime
    var slept = Duration.zero
    var timer = MonotonicTime.never
    var isWoken = false
    var registered: [CInt: (token: QueueToken, interest: Readiness)] = [:]
    var ready: [(token: QueueToken, readiness: Readiness)] = []
  }

  private let state: Mutex<State>

  /// - Parameter start: the first time of the clock.
  package init(startingAt start: MonotonicTime = MonotonicTime(nanoseconds: 1_000_000_000_000)) {
    state = Mutex(State(now: start))
  }

  package func now() -> MonotonicTime { state.withLock { $0.now } }

  package func bootTime() -> MonotonicTime { state.withLock { $0.now + $0.slept } }

  // MARK: What a test does

  /// Advances the clock without a turn: the machine is too busy, or asleep.
  package func pass(_ duration: Duration) {
    state.withLock { $0.now = $0.now + duration }
  }

  /// Suspends the machine: only the clock that counts that advances.
  package func suspend(_ duration: Duration) {
    state.withLock { $0.slept += duration }
  }

  /// Reports bits of a descriptor at the next turn: the registered ones, and EPOLLHUP and EPOLLERR.
  package func report(_ bits: Readiness, of descriptor: CInt) {
    state.withLock { state in
      guard let (token, interest) = state.registered[descriptor] else { return }
      let reported = bits.intersection(interest.union([.hangUp, .error]))
      if !reported.isEmpty { state.ready.append((token, reported)) }
    }
  }

  /// The registered descriptors.
  package var descriptors: Set<CInt> { state.withLock { Set($0.registered.keys) } }

  /// Runs a monitor for a duration: a turn whenever an event is ready or the timer is due.
  ///
  /// - Parameters:
  ///   - monitor: one that the app drives.
  ///   - duration: from now on.
  ///   - step: called before each turn, for a test that scripts the events of the turn.
  package func run(_ monitor: Monitor, for duration: Duration, step: () -> Void = {}) {
    let end = now() + duration
    // Each turn advances the clock or takes ready events; no test needs more turns.
    for _ in 0..<1_000_000 {
      let next = state.withLock { state in
        state.isWoken || !state.ready.isEmpty ? state.now : max(state.now, state.timer)
      }
      guard next <= end else { break }
      state.withLock { $0.now = next }
      step()
      monitor.process()
    }
    state.withLock { $0.now = max($0.now, end) }
  }

  // MARK: What a monitor does

  package var descriptor: CInt { -1 }

  package func add(_ descriptor: CInt, token: QueueToken, interest: Readiness) throws(Errno) {
    let isNew = state.withLock { state in
      guard state.registered[descriptor] == nil else { return false }
      state.registered[descriptor] = (token, interest)
      return true
    }
    if !isNew { throw .fileExists }
  }

  package func remove(_ descriptor: CInt) throws(Errno) {
    let removed = state.withLock { $0.registered.removeValue(forKey: descriptor) }
    if removed == nil { throw .noSuchFileOrDirectory }
  }

  package func setTimer(_ deadline: MonotonicTime) {
    state.withLock { $0.timer = deadline }
  }

  package func wakeUp() {
    state.withLock { $0.isWoken = true }
  }

  package func wait(_ ready: inout ReadyEvents, milliseconds: CInt) throws(Errno) {
    ready.removeAll()
    var events = ready
    state.withLock { state in
      if state.isWoken { _ = events.append(.wakeUp, .readable) }
      if state.timer <= state.now { _ = events.append(.timer, .readable) }
      let taken = state.ready.prefix { events.append($0.token, $0.readiness) }
      state.ready.removeFirst(taken.count)
    }
    ready = events
  }

  package func pending(_ wanted: Readiness, of descriptor: CInt) -> Readiness {
    state.withLock { state in
      guard let token = state.registered[descriptor]?.token else { return [] }
      let ready = state.ready.filter { $0.token == token }
      let bits = ready.reduce(into: Readiness()) { $0.formUnion($1.readiness) }
      return bits.intersection(wanted.union([.hangUp, .error]))
    }
  }

  package func accept(_ token: QueueToken) -> Bool {
    state.withLock { state in
      if token == .wakeUp { state.isWoken = false }
      if token == .timer { state.timer = .never }
      return token != .wakeUp && token != .timer
    }
  }
}

/// Scripted sockets by descriptor. For one thread.
package final class VirtualSockets: SocketAccess {
  /// The open sockets. A second socket under the same number is a recycled descriptor.
  package var open: [CInt: ScriptedSocket] = [:]

  /// No socket is open.
  package init() {}

  private func socket(_ descriptor: CInt) throws(Errno) -> ScriptedSocket {
    guard let socket = open[descriptor] else { throw .badFileDescriptor }
    return socket
  }

  package func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo {
    try socket(descriptor).tcpInfo(descriptor)
  }

  package func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt {
    try socket(descriptor).option(option, of: descriptor)
  }

  package func setOption(_ option: SocketOption, of descriptor: CInt, to value: CInt) throws(Errno) {
    try socket(descriptor).setOption(option, of: descriptor, to: value)
  }

  package func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int {
    try socket(descriptor).unreadBytes(descriptor)
  }

  package func unacknowledged(_ descriptor: CInt) throws(Errno) -> Int {
    try socket(descriptor).unacknowledged(descriptor)
  }

  package func memory(_ descriptor: CInt) throws(Errno) -> SocketMemory {
    try socket(descriptor).memory(descriptor)
  }

  package func cookie(_ descriptor: CInt) throws(Errno) -> UInt64 {
    try socket(descriptor).cookie(descriptor)
  }

  package var retransmissionRetries: Int? { open.values.first?.retransmissionRetries }

  package func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints {
    try socket(descriptor).endpoints(descriptor)
  }
}
