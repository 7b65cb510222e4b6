import Flatline
import Glibc

/// A second connection to a watched connection's peer. Nothing here blocks.
///
/// A plain descriptor, so that a detector's state can hold it; ``close()`` is the detector's to call.
public struct SideLine: BitwiseCopyable, Sendable {
  private let descriptor: CInt

  /// Begins to connect to where `other` is connected to.
  public init(toPeerOf other: CInt) throws(Errno) {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let outcome: (descriptor: CInt, error: CInt) = withUnsafeMutablePointer(to: &address) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard getpeername(other, address, &length) == 0 else { return (-1, errno) }
        let line = socket(CInt(address.pointee.sa_family), kind, 0)
        guard line >= 0 else { return (-1, errno) }
        // A refusal is not an error of ours: nobody answers.
        guard connect(line, address, length) == 0 || [EINPROGRESS, ECONNREFUSED].contains(errno) else {
          defer { Glibc.close(line) }
          return (-1, errno)
        }
        return (line, 0)
      }
    }
    guard outcome.descriptor >= 0 else { throw Errno(rawValue: outcome.error) }
    descriptor = outcome.descriptor
  }

  /// Sends what the connection takes now: nothing before it is made or after it is broken.
  public func send(_ text: String) {
    _ = try? StreamIO.send(text.utf8, to: descriptor)
  }

  /// What has come, up to a kilobyte; empty for nothing, an end or an error.
  public func received() -> ArraySlice<UInt8> {
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = (try? StreamIO.receive(into: &buffer, from: descriptor)) ?? nil
    return buffer[..<(count ?? 0)]
  }

  public func close() {
    Glibc.close(descriptor)
  }
}
