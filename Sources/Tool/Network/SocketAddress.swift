import Flatline
import Glibc

/// An address and a port in the kernel's form.
struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  var family: CInt { CInt(storage.ss_family) }

  /// The address a socket is bound to.
  init(of socket: borrowing StreamSocket) throws(Errno) {
    let descriptor = socket.descriptor
    let code = withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard code == 0 else { throw .current }
  }

  private init?(_ info: addrinfo) {
    guard let address = info.ai_addr, Int(info.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size else {
      return nil
    }
    length = info.ai_addrlen
    let count = Int(length)
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
    }
  }

  /// Every address of a name, in the system's order of preference (RFC 6724). Blocks as long as the resolver does.
  static func resolve(_ peer: PeerAddress) throws(CommandError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(peer.host, String(peer.port), &hints, &list)
    guard code == 0 else {
      let reason = code == EAI_SYSTEM ? Errno.current.description : String(cString: gai_strerror(code))
      throw .failure("cannot find the address of \(peer.host.inOneLine): \(reason)")
    }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let info = next?.pointee {
      if let address = SocketAddress(info) { addresses.append(address) }
      next = info.ai_next
    }
    return addresses
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `10.0.0.7:80` or `[::1]:80`.
  var description: String {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let flags = NI_NUMERICHOST | NI_NUMERICSERV
    let code = withPointer { address, length in
      getnameinfo(
        address, length, &host, socklen_t(host.count), &port, socklen_t(port.count), flags)
    }
    guard code == 0 else { return "an address of family \(family)" }
    let hostText = SocketAddress.text(host)
    return family == AF_INET6
      ? "[\(hostText)]:\(SocketAddress.text(port))" : "\(hostText):\(SocketAddress.text(port))"
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
