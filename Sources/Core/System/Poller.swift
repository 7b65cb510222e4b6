import CFlatline
import Glibc

/// The monitor's epoll set with its two inner sources: a timer and a wake-up.
///
/// The set's descriptor is itself pollable: readable as soon as anything is to be done.
struct Poller: ~Copyable {
  enum Source {
    case socket(ConnectionID, Readiness)
    case timer
    case wakeUp
    /// A shared source, by its index.
    case shared(Int)
  }

  let descriptor: CInt
  private let timer: CInt
  private let wakeUpEvent: CInt
  private var armed: MonotonicTime = .never

  // No connection has these ids: slots are counted from 0 and stay below them.
  private static let timerToken = UInt64.max
  private static let wakeUpToken = UInt64.max - 1
  /// Shared sources have the tokens from here down, one each.
  private static let firstSharedToken = UInt64.max - 2
  private static let lastSharedToken = firstSharedToken - 0xffff

  init() throws(Errno) {
    let set = epoll_create1(CInt(EPOLL_CLOEXEC))
    let timer = timerfd_create(CLOCK_MONOTONIC, CInt(TFD_CLOEXEC | TFD_NONBLOCK))
    let wakeUpEvent = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    let error = Errno.last
    descriptor = set
    self.timer = timer
    self.wakeUpEvent = wakeUpEvent
    // From here on `deinit` closes what was opened.
    guard min(set, timer, wakeUpEvent) >= 0 else { throw error }
    try add(timer, token: Poller.timerToken, interest: .readable)
    try add(wakeUpEvent, token: Poller.wakeUpToken, interest: .readable)
  }

  deinit {
    for opened in [descriptor, timer, wakeUpEvent] where opened >= 0 { close(opened) }
  }

  /// Registers a socket, edge-triggered. Hang-up and error come unasked.
  func add(_ socket: CInt, as id: ConnectionID, interest: Readiness) throws(Errno) {
    try add(socket, token: id.rawValue, interest: interest, edge: true)
  }

  /// Registers a shared source, level-triggered.
  func add(_ source: CInt, asShared index: Int) throws(Errno) {
    try add(
      source, token: Poller.firstSharedToken - UInt64(clamping: min(index, 0xffff)), interest: .readable)
  }

  func remove(_ socket: CInt) throws(Errno) {
    guard epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil) == 0 else { throw Errno.last }
  }

  private func add(_ source: CInt, token: UInt64, interest: Readiness, edge: Bool = false) throws(Errno) {
    var event = epoll_event()
    event.events = interest.rawValue | (edge ? EPOLLET.rawValue : 0)
    event.data.u64 = token
    guard epoll_ctl(descriptor, EPOLL_CTL_ADD, source, &event) == 0 else { throw Errno.last }
  }

  /// Sets the moment at which the timer fires; does nothing if it is set so already.
  mutating func setTimer(_ deadline: MonotonicTime) {
    guard deadline != armed else { return }
    armed = deadline
    // Zero would disarm the timer: a deadline in the past is one nanosecond after it.
    flatline_set_timer(timer, deadline == .never ? 0 : max(1, deadline.nanoseconds))
  }

  /// Makes a `wait` return. Safe on any thread.
  borrowing func wakeUp() {
    var one: UInt64 = 1
    // Fails only when the counter is already at its limit: the wake-up is then pending anyway.
    write(wakeUpEvent, &one, MemoryLayout<UInt64>.size)
  }

  /// What an event of the set is about. Reading the timer or the wake-up clears it.
  mutating func source(of event: epoll_event) -> Source {
    switch event.data.u64 {
    case Poller.timerToken:
      armed = .never
      drain(timer)
      return .timer
    case Poller.wakeUpToken:
      drain(wakeUpEvent)
      return .wakeUp
    case Poller.lastSharedToken...Poller.firstSharedToken:
      return .shared(Int(Poller.firstSharedToken - event.data.u64))
    default:
      return .socket(ConnectionID(rawValue: event.data.u64), Readiness(rawValue: event.events))
    }
  }

  private func drain(_ counter: CInt) {
    var value: UInt64 = 0
    // Non-blocking: an empty counter is no error worth more than this.
    read(counter, &value, MemoryLayout<UInt64>.size)
  }
}
