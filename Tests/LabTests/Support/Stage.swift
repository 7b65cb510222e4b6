import CFlatline
import FlatlineCore
import FlatlineLab
import Glibc

/// Looks at sockets as a program of the client would.
struct Socket: Sendable {
  let descriptor: CInt
  /// Who closes the descriptor: kept for as long as somebody looks at it.
  var owner: LabConnection?

  /// What poll(2) reports now, of everything that can be asked for but room to send.
  var events: Int32 {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN | Socket.readHangUp), revents: 0)
    _ = poll(&entry, 1, 0)
    return Int32(UInt16(bitPattern: entry.revents))
  }

  /// POLLRDHUP.
  static let readHangUp: Int32 = 0x2000

  /// Takes the pending error.
  var error: Int32 {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
    return value
  }

  var info: flatline_tcp_reading {
    var info = flatline_tcp_reading()
    _ = flatline_get_tcp_info(descriptor, &info)
    return info
  }

  @discardableResult
  func send(_ count: Int = 1) -> Int {
    let bytes = [UInt8](repeating: 1, count: count)
    return Glibc.send(descriptor, bytes, count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  /// What can be read now: bytes, 0 at the end, -1 with errno for nothing.
  func receive(_ count: Int = 65_536) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = recv(descriptor, &bytes, count, CInt(MSG_DONTWAIT))
    return got >= 0 ? Array(bytes[..<got]) : nil
  }

  /// Sends a byte and waits for it to come back.
  func echoes(within timeout: Duration = .seconds(3)) -> Bool {
    guard send() == 1 else { return false }
    return comesTrue(within: timeout) { receive() == [1] }
  }
}

/// Looks every millisecond until something is so.
@discardableResult
func comesTrue(within timeout: Duration, _ isSo: () throws -> Bool) rethrows -> Bool {
  let deadline = MonotonicTime.now() + timeout
  while MonotonicTime.now() < deadline {
    if try isSo() { return true }
    usleep(1000)
  }
  return try isSo()
}

func pause(_ duration: Duration) {
  usleep(useconds_t(clamping: duration.clampedNanoseconds / 1000))
}

extension LabConnection {
  var socket: Socket { Socket(descriptor: descriptor, owner: self) }
}

/// A UDP socket of a host; connected ones hear of ICMP errors.
final class Datagrams: Sendable {
  let socket: Socket
  let port: UInt16

  /// Bound to a port of the kernel's choice, on all addresses.
  init(on host: Host, connectedTo address: IPv4Address? = nil, port: UInt16 = 0) throws {
    let descriptor = try host.socket(domain: AF_INET, type: CInt(SOCK_DGRAM.rawValue))
    var room: CInt = 4 << 20
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<CInt>.size))
    // So that it hears of soft errors too: IP_RECVERR, ip(7).
    var on: CInt = 1
    setsockopt(descriptor, CInt(IPPROTO_IP), 11, &on, socklen_t(MemoryLayout<CInt>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = address == nil ? 0 : port.bigEndian
    name.sin_addr.s_addr = (address ?? .any).rawValue.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        address == nil ? bind(descriptor, $0, length) : connect(descriptor, $0, length)
      }
    }
    let error = errno
    _ = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    socket = Socket(descriptor: descriptor)
    self.port = UInt16(bigEndian: name.sin_port)
    if code != 0 { throw LabError.systemCall("UDP", Errno(rawValue: error)) }
  }

  deinit { close(socket.descriptor) }
}

extension Duration {
  var seconds: Double { Double(clampedNanoseconds) / 1e9 }
}
