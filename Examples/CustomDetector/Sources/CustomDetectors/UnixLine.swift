import Flatline
import Glibc

/// A connection to a Unix socket (unix(7)). Nothing here blocks.
///
/// A plain descriptor; ``close()`` is its owner's to call.
struct UnixLine: BitwiseCopyable {
  let descriptor: CInt

  init(to path: String) throws(Errno) {
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    let code = UnixLine.withAddress(path) { Glibc.connect(descriptor, $0, $1) }
    guard code == 0 else {
      let error = Errno(rawValue: errno)
      Glibc.close(descriptor)
      throw error
    }
  }

  /// What has come; empty at the end of the stream; `nil` for nothing yet.
  func received() -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    do throws(Errno) {
      return try StreamIO.receive(into: &buffer, from: descriptor).map { buffer[..<$0] }
    } catch {
      return []
    }
  }

  func close() { Glibc.close(descriptor) }

  /// The address of a path; one that is too long is cut, and so found nowhere.
  static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result)
    -> Result
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
