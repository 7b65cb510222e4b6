import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Testing

@testable import FlatlineCore

/// Sockets that look like connections to a peer and are none, and kernels that cannot be asked.
struct UnfitSocketTests {
  @Test func aConnectionToItselfIsRefused() throws {
    let socket = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) | getsockname(socket, $0, &length) | connect(socket, $0, length)
      }
    }
    try #require(code == 0)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    #expect(reasonToRefuse(socket, monitor)?.hasPrefix("it is connected to itself (127.0.0.1:") == true)
  }

  /// TCP_INFO of MPTCP is that of one subflow.
  @Test func multipathIsRefused() throws {
    let type = CInt(SOCK_STREAM.rawValue)
    let (listener, client) = (socket(AF_INET, type, 262), socket(AF_INET, type, 262))
    // A kernel without MPTCP has no such sockets.
    guard listener >= 0, client >= 0 else { return }
    defer {
      close(client)
      close(listener)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) | listen(listener, 1) | getsockname(listener, $0, &length)
          | connect(client, $0, length)
      }
    }
    try #require(code == 0)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    #expect(reasonToRefuse(client, monitor)?.hasPrefix("it is MPTCP") == true)
    // Without a descriptor the kernel shows the subflow.
    let session = try DiagSession()
    let ends = try LiveSocketAccess().endpoints(client)
    let subflow = try #require(try session.connections().first { $0.endpoints.local == ends.local })
    #expect(throws: WatchError.unfitConnection(reason: WatchError.multipathReason)) {
      try monitor.watch(subflow, through: session, policy: .socketDiagOnly)
    }
  }

  /// An old kernel or a sandbox: the option that is missing is named.
  @Test(
    arguments: [
      (ScriptedSocket.Call.cookie, "SO_COOKIE"), (.tcpInfo, "TCP_INFO"),
    ], [Errno.protocolNotAvailable, .notPermitted, .notImplemented, .notSupportedOnSocket])
  func aMissingOptionIsNamed(_ call: (ScriptedSocket.Call, name: String), error: Errno) throws {
    let stage = try VirtualStage(PuppetStrings())
    let socket = try #require(stage.sockets.open[1])
    socket.options[.protocolNumber] = 6
    socket.failure = { $0 == call.0 ? error : nil }
    let found = try #require(throws: WatchError.self) { try stage.monitor.watch(1, policy: .puppet) }
    #expect("\(found)".contains("getsockopt(\(call.name))"), "\(found)")
    #expect("\(found)".contains("\(error)"))
    #expect(!"\(found)".contains("\n"))
  }
}
