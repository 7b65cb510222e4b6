import FlatlineCore
import Glibc
import Synchronization

/// Sends the regular traffic of all connections of one lab, on one thread.
///
/// Connections whose next write is due within ``grid`` are written to in one turn: a thread that wakes for each write
/// costs more than the write, and 60 connections that write 10 times a second are 600 wake-ups, of the path and of the
/// peer too.
final class RegularSender: Sendable {
  private struct Flow {
    let socket: CInt
    let payload: [UInt8]
    let interval: Duration
    var due: MonotonicTime
  }

  /// What the thread and its owner share.
  private final class Shared: Sendable {
    let flows = Mutex<[Flow]>([])
  }

  private static let grid = Duration.milliseconds(10)

  private let shared: Shared
  private let worker: Worker
  private let start: MonotonicTime

  init() throws(LabError) {
    let shared = Shared()
    self.shared = shared
    start = .now()
    worker = try Worker("lab-traffic") { pauses in
      while !pauses.isOver { _ = pauses.wait(until: RegularSender.sendDue(shared)) }
    }
  }

  deinit {
    worker.end()
  }

  /// Writes `bytes` bytes now and then at every `interval`, until an error of the socket's or ``remove(_:)``. The second
  /// write comes up to ``grid`` early.
  func add(_ socket: CInt, bytes: Int, every interval: Duration) {
    let now = MonotonicTime.now()
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
    guard SocketWriting.send(socket, payload) != nil else { return }
    let grid = min(RegularSender.grid, interval).clampedNanoseconds
    let early = Duration.nanoseconds((now - start).clampedNanoseconds % grid)
    shared.flows.withLock {
      $0.append(Flow(socket: socket, payload: payload, interval: interval, due: now + interval - early))
    }
    worker.call()
  }

  /// After this the thread does not write to the socket.
  func remove(_ socket: CInt) {
    shared.flows.withLock { $0.removeAll { $0.socket == socket } }
  }

  /// Returns when the next write is due.
  private static func sendDue(_ shared: Shared) -> MonotonicTime {
    shared.flows.withLock { flows in
      let now = MonotonicTime.now()
      flows.removeAll { $0.due <= now && SocketWriting.send($0.socket, $0.payload) == nil }
      var next = MonotonicTime.never
      for index in flows.indices {
        // A late thread makes up for each write.
        if flows[index].due <= now { flows[index].due = flows[index].due + flows[index].interval }
        next = min(next, flows[index].due)
      }
      return next
    }
  }
}
