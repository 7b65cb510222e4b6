import FlatlineCore
import Glibc

/// The thread that sends the client's traffic on one connection.
final class TrafficSource: Sendable {
  private let worker: Worker
  private static let bulkChunk = 64 * 1024

  init?(_ socket: CInt, _ traffic: LabConnection.Traffic) throws(LabError) {
    switch traffic {
    case .idle: return nil
    case .active(let bytes, let interval):
      worker = try Worker("lab-traffic") { TrafficSource.sendRegularly(socket, bytes, interval, $0) }
    case .bulk:
      worker = try Worker("lab-traffic") { TrafficSource.sendAll(socket, $0) }
    }
  }

  /// After this nobody sends on the socket.
  func end() { worker.end() }

  private static func sendRegularly(
    _ socket: CInt, _ bytes: Int, _ interval: Duration, _ pauses: Worker.Pauses
  ) {
    var due = MonotonicTime.now()
    while !pauses.isOver {
      guard send(socket, bytes) else { return }
      due = due + interval
      while !pauses.isOver, MonotonicTime.now() < due { _ = pauses.wait(until: due) }
    }
  }

  private static func sendAll(_ socket: CInt, _ pauses: Worker.Pauses) {
    while !pauses.isOver {
      guard send(socket, bulkChunk) else { return }
      // A full buffer empties at the path's pace: a look every 10 ms keeps it full.
      _ = pauses.wait(until: MonotonicTime.now() + .milliseconds(10))
    }
  }

  /// Sends until the buffer is full; false when the stream has ended.
  private static func send(_ socket: CInt, _ bytes: Int) -> Bool {
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
    let count = Glibc.send(socket, payload, bytes, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    return count >= 0 || errno == EAGAIN || errno == EINTR || errno == ENOBUFS
  }
}
