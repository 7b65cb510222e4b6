import Dispatch
import Flatline
import Glibc

/// A plain blocking connection to a port of this machine.
final class Connection: Sendable {
  let descriptor: CInt

  init(port: UInt16) throws(Errno) {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // `deinit` closes the descriptor of a connection that was not to be had, too.
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The number of bytes that came, read on a thread that may block; `nil` at the end of the stream.
  func receive() async throws -> Int? {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { [self] in
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { return continuation.resume(throwing: Errno(rawValue: errno)) }
        continuation.resume(returning: count == 0 ? nil : count)
      }
    }
  }

  /// Asks the server for an answer, without waiting. Any byte is one.
  func ping() -> PingOutcome {
    send(descriptor, "ping\n", 5, CInt(MSG_DONTWAIT | MSG_NOSIGNAL)) == 5 ? .sent : .streamFull
  }

  /// Makes a read that waits return. The descriptor stays open as long as this value.
  func shutDown() {
    shutdown(descriptor, CInt(SHUT_RDWR))
  }
}
