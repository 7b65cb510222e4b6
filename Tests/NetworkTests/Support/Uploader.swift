import Flatline
import Foundation
import Glibc
import Synchronization

/// An app that sends as much as the socket takes, and whose pings wait their turn in the same stream.
final class Uploader: Pinger, Sendable {
  private let descriptor: CInt
  private let pings = Atomic(0)
  private let isOver = Atomic(false)
  private let sent = Atomic(0)
  private let ended = DispatchSemaphore(value: 0)

  /// A ping is a line of its own; the load has no line end.
  private static let ping = [UInt8]("p\n".utf8)

  /// - Parameters:
  ///   - descriptor: a non-blocking socket that nobody else writes to.
  ///   - buffer: what the kernel takes in advance, in bytes.
  ///   - limit: bytes after which only pings are sent.
  init(on descriptor: CInt, buffer: CInt, limit: Int) {
    self.descriptor = descriptor
    var size = buffer
    // The tests that use this are root: not held to net.core.wmem_max.
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &size, socklen_t(MemoryLayout<CInt>.size))
    Thread.detachNewThread { [self] in
      run(limit)
      ended.signal()
    }
  }

  var bytesSent: Int { sent.load(ordering: .relaxed) }

  func sendPing() -> PingOutcome {
    pings.add(1, ordering: .relaxed)
    return .sent
  }

  /// Ends the thread; then nobody uses the socket any more.
  func end() {
    isOver.store(true, ordering: .relaxed)
    ended.wait()
  }

  private func run(_ limit: Int) {
    let load = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 14)
    var rest = ArraySlice<UInt8>()
    while !isOver.load(ordering: .relaxed) {
      if rest.isEmpty, pings.load(ordering: .relaxed) > 0 {
        pings.subtract(1, ordering: .relaxed)
        rest = Uploader.ping[...]
      } else if rest.isEmpty, bytesSent < limit {
        rest = load[...]
      }
      let count = rest.withUnsafeBytes {
        $0.isEmpty ? 0 : send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
        sent.add(count, ordering: .relaxed)
      } else if count < 0, errno != EAGAIN, errno != EINTR {
        return
      } else {
        usleep(5000)
      }
    }
  }
}
