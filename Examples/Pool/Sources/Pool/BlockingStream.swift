import Flatline
import Glibc

/// A blocking TCP connection.
final class BlockingStream: Sendable {
  let descriptor: CInt

  /// Connects to a port of 127.0.0.1.
  init(port: UInt16) throws(Errno) {
    descriptor = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      let error = Errno(rawValue: errno)
      Glibc.close(descriptor)
      throw error
    }
  }

  func send(_ bytes: [UInt8]) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Errno(rawValue: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// What has come, after a wait for the first byte; empty at the end of the stream.
  func receive() throws(Errno) -> ArraySlice<UInt8> {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return buffer[..<count]
  }

  func close() { Glibc.close(descriptor) }
}

/// The server did not answer as its protocol says.
public struct LineError: Error, Hashable, Sendable {
  /// What came instead.
  public let answer: String
}
