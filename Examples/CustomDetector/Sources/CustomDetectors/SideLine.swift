import Flatline
import Glibc

/// A second connection to a watched connection's peer. Nothing here blocks.
///
/// A plain descriptor; ``close()`` is its owner's to call.
public struct SideLine: BitwiseCopyable, Sendable {
  private let descriptor: CInt

  /// Begins to connect.
  public init(to peer: IPEndpoint) throws(Errno) {
    let isIPv4 = peer.address.family == .ipv4
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let line = socket(isIPv4 ? AF_INET : AF_INET6, kind, 0)
    guard line >= 0 else { throw Errno(rawValue: errno) }
    let code = isIPv4 ? SideLine.connect4(line, peer) : SideLine.connect6(line, peer)
    // A refusal is not an error of ours: nobody answers.
    guard code == 0 || [EINPROGRESS, ECONNREFUSED].contains(errno) else {
      let error = Errno(rawValue: errno)
      Glibc.close(line)
      throw error
    }
    descriptor = line
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

  private static func connect4(_ line: CInt, _ peer: IPEndpoint) -> CInt {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = peer.port.bigEndian
    withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: peer.address.bytes) }
    return connect(line, &address)
  }

  private static func connect6(_ line: CInt, _ peer: IPEndpoint) -> CInt {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = peer.port.bigEndian
    address.sin6_scope_id = peer.scope
    withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: peer.address.bytes) }
    return connect(line, &address)
  }

  private static func connect<Address>(_ line: CInt, _ address: inout Address) -> CInt {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(line, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
