import FlatlineCore
import Glibc

/// Reads that do not wait.
enum SocketReading {
  /// Reads and discards what has come, a megabyte at most. False at the end of the stream.
  static func discard(_ socket: CInt) -> Bool {
    var room = [UInt8](repeating: 0, count: 64 * 1024)
    for _ in 0..<16 {
      let count = recv(socket, &room, room.count, CInt(MSG_DONTWAIT))
      if count == 0 { return false }
      if count < 0 { return errno == EAGAIN || errno == EINTR }
      if count < room.count { return true }
    }
    return true
  }
}
