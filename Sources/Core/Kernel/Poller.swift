import CFlatline
import Glibc

/// The monitor's epoll set with a timerfd and an eventfd (epoll(7), timerfd_create(2), eventfd(2)).
///
/// The set's descriptor is itself pollable: readable as soon as an event waits.
///
/// `@unchecked Sendable` holds because the descriptors never change, and `armed` is used only with the monitor's lock held.
final class Poller: EventQueue, @unchecked Sendable {
  let descriptor: CInt
  private let timer: CInt
  private let wakeUpEvent: CInt
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var armed: MonotonicTime = .never

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
    try add(timer, token: .timer, interest: .readable)
    try add(wakeUpEvent, token: .wakeUp, interest: .readable)
  }

  deinit {
    for opened in [descriptor, timer, wakeUpEvent] where opened >= 0 { close(opened) }
  }

  func add(_ source: CInt, token: QueueToken, interest: Readiness) throws(Errno) {
    var event = epoll_event()
    event.events = interest.rawValue | (token.isConnection ? EPOLLET.rawValue : 0)
    event.data.u64 = token.rawValue
    guard epoll_ctl(descriptor, EPOLL_CTL_ADD, source, &event) == 0 else { throw Errno.last }
  }

  func remove(_ source: CInt) throws(Errno) {
    guard epoll_ctl(descriptor, EPOLL_CTL_DEL, source, nil) == 0 else { throw Errno.last }
  }

  /// Does nothing if the timer has this deadline already.
  func setTimer(_ deadline: MonotonicTime) {
    guard deadline != armed else { return }
    armed = deadline
    // Zero would disarm the timer: a deadline in the past is one nanosecond after it.
    flatline_set_timer(timer, deadline == .never ? 0 : max(1, deadline.nanoseconds))
  }

  func wakeUp() {
    var one: UInt64 = 1
    // Fails only when the counter is already at its limit: the wake-up is then pending anyway.
    write(wakeUpEvent, &one, MemoryLayout<UInt64>.size)
  }

  func wait(_ ready: inout ReadyEvents, milliseconds: CInt) throws(Errno) {
    let count = ready.fill { room in epoll_wait(descriptor, room.baseAddress, CInt(room.count), milliseconds)
    }
    guard count < 0 else { return }
    let error = Errno.last
    guard error == .interrupted else { throw error }
  }

  func pending(_ wanted: Readiness, of source: CInt) -> Readiness { .pending(wanted, of: source) }

  func accept(_ token: QueueToken) -> Bool {
    switch token {
    case .timer:
      armed = .never
      drain(timer)
      return false
    case .wakeUp:
      drain(wakeUpEvent)
      return false
    // Any other token names a descriptor of the monitor's.
    default: return true
    }
  }

  private func drain(_ counter: CInt) {
    var value: UInt64 = 0
    // Non-blocking: the error of an empty counter (EAGAIN) needs no handling.
    read(counter, &value, MemoryLayout<UInt64>.size)
  }
}
