/// The events of a monitor: descriptors that become ready, one timer, and a wake-up from another thread. The
/// monitor uses epoll (``Poller``); a simulation has a queue of its own.
///
/// ``wait(_:milliseconds:)`` and ``wakeUp()`` are safe on any thread. Everything else is called with the monitor's lock
/// held.
package protocol EventQueue: AnyObject, Sendable {
  /// Readable as soon as an event waits; negative for a queue without a descriptor.
  var descriptor: CInt { get }

  /// Registers a descriptor under a token. EPOLLHUP and EPOLLERR are always reported.
  func add(_ descriptor: CInt, token: QueueToken, interest: Readiness) throws(Errno)

  /// Ends a registration.
  func remove(_ descriptor: CInt) throws(Errno)

  /// Sets the moment at which the timer fires; `never` for not at all.
  func setTimer(_ deadline: MonotonicTime)

  /// Makes a wait return.
  func wakeUp()

  /// Waits for events, at most `milliseconds`; -1 for no limit. A signal ends the wait without an event.
  func wait(_ ready: inout ReadyEvents, milliseconds: CInt) throws(Errno)

  /// The bits of `wanted` that a descriptor has now, reported or not. EPOLLHUP and EPOLLERR count always.
  func pending(_ wanted: Readiness, of descriptor: CInt) -> Readiness

  /// Clears the queue's own events (the timer, a wake-up). Returns false for such an event, true for one of a descriptor.
  func accept(_ token: QueueToken) -> Bool
}

/// The subject of an event, in the 64 bits of epoll_data.
package struct QueueToken: Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt64

  package init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  // No connection has these tokens: slots are counted from 0 and stay below them.
  /// The queue's timer.
  package static let timer = QueueToken(rawValue: .max)
  /// The queue's wake-up.
  package static let wakeUp = QueueToken(rawValue: .max - 1)
  private static let firstSource = UInt64.max - 2
  private static let lastSource = firstSource - 0xffff

  /// A watched socket, edge-triggered.
  package init(_ connection: ConnectionID) { rawValue = connection.rawValue }

  /// A shared source by its index, level-triggered.
  package init(source index: Int) {
    rawValue = QueueToken.firstSource - UInt64(clamping: min(index, 0xffff))
  }

  /// The index of a shared source; `nil` for any other token.
  package var source: Int? {
    (QueueToken.lastSource...QueueToken.firstSource).contains(rawValue)
      ? Int(QueueToken.firstSource - rawValue) : nil
  }

  /// Whether it names a watched socket.
  package var isConnection: Bool { rawValue < QueueToken.lastSource }

  /// The connection of a token that names one.
  package var connection: ConnectionID { ConnectionID(rawValue: rawValue) }
}
