import Flatline
import Glibc

/// A listening socket.
struct Listener: ~Copyable {
  let socket: StreamSocket
  let address: SocketAddress

  /// Listens on the first available address of `addresses`.
  init(on addresses: [SocketAddress]) throws(CommandError) {
    var errors: [String] = []
    for address in addresses {
      do throws(Errno) {
        let socket = try StreamSocket(family: address.family)
        try Listener.listen(socket, on: address)
        self.address = try SocketAddress(of: socket)
        self.socket = socket
        return
      } catch {
        errors.append("\(address): \(error)")
      }
    }
    throw .failure("cannot listen: " + (errors.isEmpty ? "no address" : errors.joined(separator: "; ")))
  }

  private static func listen(_ socket: borrowing StreamSocket, on address: SocketAddress) throws(Errno) {
    socket.reuseAddress()
    let descriptor = socket.descriptor
    guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else { throw .current }
    guard Glibc.listen(descriptor, 128) == 0 else { throw .current }
  }
}
