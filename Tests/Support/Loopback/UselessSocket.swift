public import FlatlineCore
import Glibc

/// A socket of which a pool could make no more use, one for each reason.
public final class UselessSocket {
  /// The socket. What made it useless may take some milliseconds to show.
  public let descriptor: CInt
  private let pair: TCPPair?
  private let isOwned: Bool

  /// Makes one.
  public init(_ reason: Reusability.Reason) throws {
    var pair: TCPPair?
    var own: CInt?
    switch reason {
    case .notOpen: break
    case .notTCP: own = socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    case .notConnected: own = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    case .connectedToItself: own = try Sockets.connectedToItself()
    case .closed, .halfClosed, .reset, .timedOut, .unread, .silent:
      pair = try TCPPair.loopback(server: .silent)
    }
    self.pair = pair
    isOwned = own != nil
    // No process has a descriptor of this number.
    descriptor = own ?? pair?.client ?? .max
    if let pair { try UselessSocket.spoil(pair, reason) }
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  private static func spoil(_ pair: TCPPair, _ reason: Reusability.Reason) throws {
    switch reason {
    case .closed:
      pair.serverCloses()
      shutdown(pair.client, CInt(SHUT_WR))
    case .halfClosed: pair.serverShutsDownWrite()
    case .reset: pair.serverResets()
    case .unread: try pair.serverSends("-ERR max number of clients reached\r\n")
    case .silent, .timedOut:
      if reason == .timedOut { try Sockets.setOption(CInt(IPPROTO_TCP), 18, of: pair.client, to: 200) }
      try pair.serverVanishes()
      try pair.clientSends("PING\r\n")
    case .notOpen, .notTCP, .notConnected, .connectedToItself: break
    }
  }

  /// The pending error, which this takes (SO_ERROR).
  public func takeError() -> CInt {
    var error: CInt = -1
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    return error
  }

  /// Takes the bytes that wait.
  public func takeBytes() -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
    return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
  }
}

extension TCPPair {
  /// The client sends `text`, without waiting for room.
  public func clientSends(_ text: String) throws {
    _ = try SystemCalls.check("send") {
      CInt(send(client, text, text.utf8.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)))
    }
  }

  /// From now on the server's kernel takes what comes again (SO_DETACH_FILTER).
  public func serverReturns() throws {
    var unused: CInt = 0
    _ = try SystemCalls.check("setsockopt(SO_DETACH_FILTER)") {
      setsockopt(server, SOL_SOCKET, 27, &unused, socklen_t(MemoryLayout<CInt>.size))
    }
  }

  /// From now on the server's kernel drops all that comes, and answers nothing (SO_ATTACH_FILTER, socket(7)): a filter
  /// that keeps no byte.
  public func serverVanishes() throws {
    // struct sock_filter: BPF_RET | BPF_K, 0.
    var instruction: (code: UInt16, jumps: UInt16, k: UInt32) = (6, 0, 0)
    try withUnsafeMutablePointer(to: &instruction) { pointer in
      // struct sock_fprog.
      var program = (count: UInt16(1), instructions: UnsafeRawPointer(pointer))
      _ = try SystemCalls.check("setsockopt(SO_ATTACH_FILTER)") {
        setsockopt(server, SOL_SOCKET, 26, &program, 16)
      }
    }
  }
}

extension Sockets {
  /// A socket whose connect met itself: bound to the port that it connects to.
  fileprivate static func connectedToItself() throws(TestSupportError) -> CInt {
    let (descriptor, port) = try bound()
    do throws(TestSupportError) {
      try connect(descriptor, to: port)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }
}
