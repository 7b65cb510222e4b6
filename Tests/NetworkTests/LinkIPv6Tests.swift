import Flatline
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// IPv6 differs: an interface that is taken down loses its addresses too, and a route is found whatever the source.
@Suite(.onOwnThread)
struct LinkIPv6Tests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cause: Cause
    /// What the client needs before the connection is made.
    var preparation = "true"
    let command: String
  }

  static let cases = [
    Case(testDescription: "interface down", cause: .linkDown, command: "ip link set near down"),
    Case(
      testDescription: "address removed", cause: .addressLost,
      command: "ip address delete fd77::1/64 dev near"),
    Case(testDescription: "route removed", cause: .routeLost, command: "ip -6 route delete fd77:2::/64"),
    Case(
      testDescription: "rule removed", cause: .routeLost,
      preparation: """
        ip -6 route delete fd77:2::/64
        ip -6 route add fd77:2::/64 via fd77::2 table 77
        ip -6 rule add pref 100 lookup 77
        """, command: "ip -6 rule delete pref 100"),
    Case(
      testDescription: "nexthop removed", cause: .routeLost,
      preparation: """
        ip -6 route delete fd77:2::/64
        ip nexthop add id 77 via fd77::2 dev near
        ip -6 route add fd77:2::/64 nhid 77
        """, command: "ip nexthop delete id 77"),
  ]

  @Test(arguments: cases)
  func everyFaultHasItsCause(_ each: Case) async throws {
    var delays: [Duration] = []
    for _ in 0..<5 { delays.append(try await suspicion(of: each)) }
    #expect(delays.median <= .milliseconds(10), "\(each.testDescription): \(delays)")
  }

  /// How long after the fault the suspicion came.
  private func suspicion(of each: Case) async throws -> Duration {
    let lab = try Lab()
    defer { lab.close() }
    try Self.addIPv6(to: lab)
    try lab.client.shell(each.preparation)
    let (listener, port) = try IPv6Sockets.listen(on: lab.server)
    defer { close(listener) }
    let client = try IPv6Sockets.connect(from: lab.client, to: "fd77:2::2", port)
    defer { close(client) }
    let monitor = try lab.makeMonitor()
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
    try lab.client.shell(each.command)
    let end = MonotonicTime.now()
    let change = try await log.death(by: end + .seconds(5))
    let story = "\(each.testDescription): \(log.story(since: start))"
    #expect(log.changes.map(\.verdict) == [.suspect, .dead(each.cause)], "\(story)")
    #expect(change?.cause == each.cause, "\(story)")
    let first = try #require(log.changes.first, "\(story)")
    return first.time - end
  }

  /// The lab's path moves IPv4 alone: a cable past it, and a network behind the server's end.
  private static func addIPv6(to lab: Lab) throws {
    try lab.layCable("near", "far")
    // No duplicate address detection: the addresses are there at once.
    try lab.server.shell(
      """
      echo 0 > /proc/sys/net/ipv6/conf/far/disable_ipv6
      ip address add fd77::2/64 dev far nodad
      ip address add fd77:2::2/64 dev lo nodad
      ip link set far up
      """)
    try lab.client.shell(
      """
      echo 0 > /proc/sys/net/ipv6/conf/near/disable_ipv6
      ip address add fd77::1/64 dev near nodad
      ip link set near up
      ip -6 route add fd77:2::/64 via fd77::2
      """)
  }
}

private enum IPv6Sockets {
  private static let stream = CInt(SOCK_STREAM.rawValue)

  static func listen(on host: FlatlineLab.Host) throws -> (descriptor: CInt, port: UInt16) {
    let descriptor = try host.socket(domain: AF_INET6, type: stream)
    guard Glibc.listen(descriptor, 8) == 0 else { throw Errno(rawValue: errno) }
    var name = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutablePointer(to: &name) { pointer in
      _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return (descriptor, UInt16(bigEndian: name.sin6_port))
  }

  static func connect(from host: FlatlineLab.Host, to address: String, _ port: UInt16) throws -> CInt {
    let descriptor = try host.socket(domain: AF_INET6, type: stream)
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
