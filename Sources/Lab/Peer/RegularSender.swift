import FlatlineCore
import Glibc
import Synchronization

/// Sends the regular traffic of all connections of one lab, and reads for those that only receive, on one thread.
///
/// Connections whose next write is due within ``grid`` are written to in one turn. A wake-up costs more than a write:
/// 60 connections that write 10 times a second would be 600 wake-ups a second, of the path and of the peer too.
final class RegularSender: Sendable {
  private struct Flow {
    let socket: CInt
    /// Empty for a flow that reads.
    let payload: [UInt8]
    let interval: Duration
    var due: MonotonicTime

    /// False at the end of the stream.
    func run() -> Bool {
      payload.isEmpty ? SocketReading.discard(socket) : SocketWriting.send(socket, payload) != nil
    }
  }

  /// The state shared by the thread and its owner.
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

  /// Writes `bytes` bytes now and at every `interval`, until a socket error or ``remove(_:)``. The second write comes
  /// up to ``grid`` early.
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

  /// After this call the thread does not write to the socket.
  func remove(_ socket: CInt) {
    shared.flows.withLock { $0.removeAll { $0.socket == socket && !$0.payload.isEmpty } }
  }

  /// Reads and discards all that has come, now and every 50 ms, until the end of the stream or ``removeReader(_:)``.
  func addReader(_ socket: CInt) {
    guard SocketReading.discard(socket) else { return }
    let interval = Duration.milliseconds(50)
    shared.flows.withLock {
      $0.append(Flow(socket: socket, payload: [], interval: interval, due: .now() + interval))
    }
    worker.call()
  }

  /// After this call the thread does not read from the socket.
  func removeReader(_ socket: CInt) {
    shared.flows.withLock { $0.removeAll { $0.socket == socket && $0.payload.isEmpty } }
  }

  /// The time of the next write to the socket; `nil` without regular traffic.
  func nextWrite(to socket: CInt) -> MonotonicTime? {
    shared.flows.withLock { flows in flows.first { $0.socket == socket && !$0.payload.isEmpty }?.due }
  }

  /// Writes to every socket that is due. Returns the time of the next write.
  private static func sendDue(_ shared: Shared) -> MonotonicTime {
    shared.flows.withLock { flows in
      let now = MonotonicTime.now()
      flows.removeAll { $0.due <= now && !$0.run() }
      var next = MonotonicTime.never
      for index in flows.indices {
        // A late thread makes up for each missed write.
        if flows[index].due <= now { flows[index].due = flows[index].due + flows[index].interval }
        next = min(next, flows[index].due)
      }
      return next
    }
  }
}
