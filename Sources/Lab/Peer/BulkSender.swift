import FlatlineCore

/// The thread that keeps one connection's send buffer full.
final class BulkSender: Sendable {
  private let worker: Worker
  private static let chunk = 64 * 1024

  init(_ socket: CInt) throws(LabError) {
    worker = try Worker("lab-traffic") { BulkSender.sendAll(socket, $0) }
  }

  /// After this call the thread does not send on the socket.
  func end() { worker.end() }

  private static func sendAll(_ socket: CInt, _ pauses: Worker.Pauses) {
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: chunk)
    // A full buffer empties at the path's pace: a write every 2 ms keeps it full. Behind a closed window it stays full.
    var pause = Duration.milliseconds(2)
    while !pauses.isOver, let count = SocketWriting.send(socket, payload) {
      pause = count > 0 ? .milliseconds(2) : min(pause * 2, .milliseconds(32))
      if count < payload.count { _ = pauses.wait(until: MonotonicTime.now() + pause) }
    }
  }
}
