import FlatlineCore
import Glibc

/// One write that does not wait.
enum SocketWriting {
  /// The number of bytes written, 0 for a full buffer; `nil` when the stream has ended.
  static func send(_ socket: CInt, _ payload: [UInt8]) -> Int? {
    let count = Glibc.send(socket, payload, payload.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : nil
  }
}
