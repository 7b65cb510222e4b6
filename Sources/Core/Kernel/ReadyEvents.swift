import CFlatline

/// The buffer that a wait fills. It belongs to the waiting thread, so that a wait needs no lock.
package struct ReadyEvents {
  private var room = [epoll_event](repeating: epoll_event(), count: 256)
  package private(set) var count = 0

  package init() {}

  /// An event by its index, below ``count``.
  package subscript(place: Int) -> (token: QueueToken, readiness: Readiness) {
    let event = room[place]
    return (QueueToken(rawValue: event.data.u64), Readiness(rawValue: event.events))
  }

  /// Lets `body` fill the buffer. Returns the number of events, or a negative value for an error.
  mutating func fill(_ body: (UnsafeMutableBufferPointer<epoll_event>) -> CInt) -> CInt {
    let result = room.withUnsafeMutableBufferPointer { body($0) }
    count = max(0, Int(result))
    return result
  }

  /// Removes the events.
  package mutating func removeAll() { count = 0 }

  /// Adds an event, for a queue that is not epoll. False if the buffer is full: the rest is for the next wait.
  package mutating func append(_ token: QueueToken, _ readiness: Readiness) -> Bool {
    guard count < room.count else { return false }
    room[count].data.u64 = token.rawValue
    room[count].events = readiness.rawValue
    count += 1
    return true
  }
}
