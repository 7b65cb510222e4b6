import CFlatline
import Glibc

/// The room that `epoll_wait` fills. It belongs to the thread that waits, so that waiting needs no lock.
struct ReadyEvents {
  private var room = [epoll_event](repeating: epoll_event(), count: 256)
  private var count = 0

  /// The events of the last wait.
  var events: ArraySlice<epoll_event> { room[..<count] }

  /// Waits on an epoll set: milliseconds, -1 for as long as it takes. An interruption by a signal counts as
  /// no event.
  mutating func wait(on set: CInt, milliseconds: CInt) throws(Errno) {
    let result = epoll_wait(set, &room, CInt(room.count), milliseconds)
    count = max(0, Int(result))
    guard result < 0 else { return }
    let error = Errno.last
    guard error == .interrupted else { throw error }
  }
}
