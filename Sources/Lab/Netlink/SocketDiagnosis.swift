import FlatlineNetlink
import Glibc

/// TCP sockets of one network, by the requests of sock_diag(7).
extension NetlinkRequester {
  private static let listByFamily: UInt16 = 20
  private static let destroy: UInt16 = 21

  /// The addresses and ports of a socket, in the form of struct inet_diag_sockid.
  struct SocketName {
    let bytes: [UInt8]

    init(_ local: sockaddr_in, _ remote: sockaddr_in) {
      func raw(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
      let padding = [UInt8](repeating: 0, count: 12)
      bytes =
        raw(local.sin_port) + raw(remote.sin_port) + raw(local.sin_addr.s_addr) + padding
        + raw(remote.sin_addr.s_addr) + padding
        // Any interface, and INET_DIAG_NOCOOKIE: any socket with this name.
        + raw(UInt32(0)) + raw(UInt32.max) + raw(UInt32.max)
    }

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }
  }

  /// Ends a socket; its owner finds ECONNABORTED (SOCK_DESTROY, sock_diag(7)).
  func destroy(_ name: SocketName, family: UInt8 = UInt8(AF_INET)) throws(LabError) {
    try request(NetlinkRequester.destroy, "destroying a socket") {
      NetlinkRequester.append(family, name.bytes, to: &$0)
    }
  }

  /// All TCP sockets, listeners included.
  func listSockets(family: UInt8) throws(LabError) -> [SocketName] {
    let entries = try list(NetlinkRequester.listByFamily, "listing sockets") {
      NetlinkRequester.append(family, [UInt8](repeating: 0, count: 48), to: &$0)
    }
    // struct inet_diag_msg: four bytes, then the name.
    return entries.filter { $0.count >= 52 }.map { SocketName(bytes: Array($0[4..<52])) }
  }

  /// struct inet_diag_req_v2, for TCP in any state.
  private static func append(_ family: UInt8, _ name: [UInt8], to message: inout NetlinkRequest) {
    message.append([family, UInt8(IPPROTO_TCP), 0, 0])
    message.append(UInt32.max)
    message.append(name)
  }
}
