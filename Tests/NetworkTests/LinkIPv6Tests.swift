import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// IPv6 differs: an interface that is taken down loses its addresses too, and a route is found whatever the source.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct LinkIPv6Tests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cause: Cause
    let command: String
  }

  static let faults = [
    Fault(testDescription: "interface down", cause: .linkDown, command: "link set near down"),
    Fault(
      testDescription: "address removed", cause: .addressLost, command: "address delete fd77::1/64 dev near"),
    Fault(testDescription: "route removed", cause: .routeLost, command: "-6 route delete fd77:2::/64"),
  ]

  @Test(arguments: faults)
  func everyFaultHasItsCause(_ fault: Fault) async throws {
    let near = try NetworkNamespace()
    let far = try NetworkNamespace()
    defer {
      near.close()
      far.close()
    }
    // No duplicate address detection: the addresses are there at once.
    try near.ip(
      batch: """
        link add name near index 21 type veth peer name far netns \(far.name)
        address add fd77::1/64 dev near nodad
        link set near up
        """)
    try far.ip(
      batch: """
        address add fd77::2/64 dev far nodad
        address add fd77:2::2/64 dev lo nodad
        link set far up
        """)
    try near.ip("-6 route add fd77:2::/64 via fd77::2")
    let (listener, port) = try far.run { try IPv6Sockets.listen() }
    defer { close(listener) }
    let client = try near.run { try IPv6Sockets.connect("fd77:2::2", port) }
    defer { close(client) }
    let monitor = try Monitor(registry: .builtIn, netlink: near.netlink)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let policy = Policy("link-only") {
      DetectorUse.link(grace: .milliseconds(500))
    } suspect: {
      "link"
    } dead: {
      "link"
    }
    _ = try monitor.watch(client, policy: policy) { log.take($0) }
    let start = MonotonicTime.now()
    try near.ip(fault.command)
    let end = MonotonicTime.now()
    let change = try await log.death(by: end + .seconds(5))
    let story = "\(fault.testDescription): \(log.story(since: start))"
    #expect(log.all.map(\.verdict) == [.suspect, .dead(fault.cause)], "\(story)")
    #expect(log.all.first.map { $0.time <= end + .milliseconds(10) } == true, "\(story)")
    #expect(change?.cause == fault.cause, "\(story)")
  }
}

private enum IPv6Sockets {
  static func listen() throws -> (descriptor: CInt, port: UInt16) {
    let descriptor = socket(AF_INET6, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0, Glibc.listen(descriptor, 8) == 0 else { throw Errno(rawValue: errno) }
    var name = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutablePointer(to: &name) { pointer in
      _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return (descriptor, UInt16(bigEndian: name.sin6_port))
  }

  static func connect(_ address: String, _ port: UInt16) throws -> CInt {
    let descriptor = socket(AF_INET6, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_port = port.bigEndian
    inet_pton(AF_INET6, address, &name.sin6_addr)
    // The first neighbour discovery may take its time.
    let code = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
    guard code == 0 else {
      let error = errno
      close(descriptor)
      throw Errno(rawValue: error)
    }
    return descriptor
  }
}
