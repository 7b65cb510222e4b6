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
    let payload = payload(bytes)
    var due = MonotonicTime.now()
    while !pauses.isOver, send(socket, payload) != nil {
      due = due + interval
      while !pauses.isOver, MonotonicTime.now() < due { _ = pauses.wait(until: due) }
    }
  }

  private static func sendAll(_ socket: CInt, _ pauses: Worker.Pauses) {
    let payload = payload(bulkChunk)
    // A full buffer empties at the path's pace: a look every 2 ms keeps it full. Behind a closed window it stays full.
    var pause = Duration.milliseconds(2)
    while !pauses.isOver, let count = send(socket, payload) {
      pause = count > 0 ? .milliseconds(2) : min(pause * 2, .milliseconds(32))
      if count < payload.count { _ = pauses.wait(until: MonotonicTime.now() + pause) }
    }
  }

  private static func payload(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "x"), count: count) }

  /// How much was taken, 0 for a full buffer; `nil` when the stream has ended.
  private static func send(_ socket: CInt, _ payload: [UInt8]) -> Int? {
    let count = Glibc.send(socket, payload, payload.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : nil
  }
}
