import Glibc

struct CannotConnect: Error {
  let reason: String
}

/// A connection to a port of this machine, made as any program makes one: Flatline does not care how.
func connect(toPort text: String) throws -> CInt {
  guard let port = UInt16(text) else { throw CannotConnect(reason: "usage: quick-start PORT") }
  let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let result = withUnsafePointer(to: address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard result == 0 else { throw CannotConnect(reason: String(cString: strerror(errno))) }
  return descriptor
}
