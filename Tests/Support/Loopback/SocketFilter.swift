import Glibc

/// Segments that a socket does not receive, by a socket filter (socket(7), SO_ATTACH_FILTER): the kernel drops them
/// before TCP sees them. Needs no privilege.
public enum SocketFilter: Sendable {
  /// Every segment.
  case all
  /// Segments of more than 1000 bytes, the headers included.
  case large

  /// `struct sock_filter`, as linux/filter.h has it.
  private typealias Line = (code: UInt16, ifTrue: UInt8, ifFalse: UInt8, operand: UInt32)

  private var program: [Line] {
    // BPF_LD | BPF_W | BPF_LEN, then BPF_JMP | BPF_JGT, and BPF_RET.
    let (drop, pass): (Line, Line) = ((0x06, 0, 0, 0), (0x06, 0, 0, .max))
    switch self {
    case .all: return [drop]
    case .large: return [(0x80, 0, 0, 0), (0x25, 0, 1, 1000), drop, pass]
    }
  }

  fileprivate func attach(to socket: CInt) throws(TestSupportError) {
    let result = program.withUnsafeBufferPointer { lines in
      // struct sock_fprog: the number of lines, and where they are.
      var filter = (UInt16(lines.count), lines.baseAddress)
      return setsockopt(
        socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, socklen_t(MemoryLayout.size(ofValue: filter)))
    }
    if result != 0 { throw .systemCall("setsockopt(SO_ATTACH_FILTER)", errno: errno) }
  }
}

extension TCPPair {
  /// From now on the server receives no such segment: the path is dead from the client to the server.
  public func serverLoses(_ filter: SocketFilter = .all) throws { try filter.attach(to: server) }

  /// From now on the client receives no such segment.
  public func clientLoses(_ filter: SocketFilter = .all) throws { try filter.attach(to: client) }

  /// Both receive all segments again.
  public func pathHeals() {
    var none: CInt = 0
    for socket in [client, server] {
      setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &none, socklen_t(MemoryLayout<CInt>.size))
    }
  }
}
