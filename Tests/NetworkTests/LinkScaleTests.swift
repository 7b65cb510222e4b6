import Flatline
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// Many connections over one link: they share the questions, and the monitor stays awake meanwhile.
@Suite(
  .serialized, .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct LinkScaleTests {
  @Test func tellsThousandsWithoutSleepingOverThem() async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let sockets = try ManySockets(over: network, count: 4000)
    defer { sockets.close() }
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    defer { monitor.shutDown() }
    let policy = Policy("link-only") {
      DetectorUse.link(grace: .seconds(1))
    } suspect: {
      "link"
    } dead: {
      "link"
    }
    let times = Mutex<[ConnectionID: [(Verdict, MonotonicTime)]]>([:])
    for client in sockets.clients {
      _ = try monitor.watch(client, policy: policy) { event in
        guard case .verdict(let change) = event else { return }
        times.withLock { $0[change.connection, default: []].append((change.verdict, .now())) }
      }
    }
    try network.client.ip("link set uplink down")
    let struck = MonotonicTime.now()
    let deadline = struck + .seconds(20)
    while MonotonicTime.now() < deadline, times.withLock({ $0.values.count { $0.count == 2 } }) < 4000 {
      try await Task.sleep(for: .milliseconds(20))
    }
    let all = times.withLock { $0 }
    #expect(all.count == 4000)
    let wrong = all.values.filter { $0.map(\.0) != [.suspect, .dead(.linkDown)] }
    #expect(wrong.isEmpty, "\(wrong.count), such as \(wrong.first?.map(\.0) ?? [])")
    for (number, name) in [(0, "suspect"), (1, "dead")] {
      let told = all.values.compactMap { $0.count > number ? ($0[number].1 - struck).milliseconds : nil }
        .sorted()
      print("link: 4000 connections \(name) from \(told.first ?? 0) to \(told.last ?? 0) ms after the fault")
    }
  }
}

/// Bare connections from a network's client to its server.
private struct ManySockets {
  private(set) var clients: [CInt] = []
  private var servers: [CInt] = []

  init(over network: TestNetwork, count: Int) throws {
    let address = network.serverAddress
    let listener = try network.server.run { try ManySockets.listen() }
    defer { Glibc.close(listener.descriptor) }
    for _ in 0..<count / 100 {
      clients += try network.client.run {
        try (0..<100).map { _ in try ManySockets.connect("\(address)", listener.port) }
      }
      for _ in 0..<100 { servers.append(accept(listener.descriptor, nil, nil)) }
    }
  }

  func close() {
    for socket in clients + servers { Glibc.close(socket) }
  }

  private static func listen() throws -> (descriptor: CInt, port: UInt16) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0, Glibc.listen(descriptor, 256) == 0 else { throw Errno(rawValue: errno) }
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &name) { pointer in
      _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return (descriptor, UInt16(bigEndian: name.sin_port))
  }

  private static func connect(_ address: String, _ port: UInt16) throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &name.sin_addr)
    let code = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Errno(rawValue: errno) }
    return descriptor
  }
}
