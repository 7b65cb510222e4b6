import Flatline
import Glibc

/// TCP_INFO of many connections by a call for each and by one dump, side by side.
struct SamplingTest {
  let connections: Int
  private static let rounds = 9
  /// TCP_INFO, SO_COOKIE.
  private static let infoName: CInt = 11
  private static let cookieName: CInt = 57

  func run() throws -> SamplingResult {
    // Both ends are here.
    try DescriptorLimit.raise(forConnections: 2 * connections)
    let listener = try Loopback.listen()
    var clients: [CInt] = []
    var servers: [CInt] = []
    defer { for socket in clients + servers + [listener.descriptor] { close(socket) } }
    for _ in 0..<connections {
      clients.append(try Loopback.connect(port: listener.port))
      servers.append(try Loopback.accept(listener.descriptor))
    }
    let diag = try SocketDiag()
    var calls: [Double] = []
    var dumps: [Double] = []
    var walks: [Double] = []
    var readings: [UInt64: TCPInfo] = [:]
    var none: [UInt64: TCPInfo] = [:]
    var room = [UInt8](repeating: 0, count: 280)
    for _ in 0..<SamplingTest.rounds {
      calls.append(SamplingTest.nanoseconds { for client in clients { SamplingTest.ask(client, &room) } })
      dumps.append(
        try SamplingTest.nanoseconds { try diag.read(into: &readings, remotePort: listener.port) })
      guard readings.count == connections else {
        throw Failure.other("a dump of \(connections) connections brought \(readings.count)")
      }
      walks.append(try SamplingTest.nanoseconds { try diag.read(into: &none, localPort: 1, remotePort: 1) })
    }
    let walk = Statistics(walks).median
    let entry = (Statistics(dumps).median - walk) / Double(connections)
    // Each reading walks twice, for IPv4 and for IPv6.
    return SamplingResult(
      connections: connections, callNanoseconds: Statistics(calls).median / Double(connections),
      entryNanoseconds: entry, walkNanoseconds: walk / 2)
  }

  private static func ask(_ descriptor: CInt, _ room: inout [UInt8]) {
    var length = socklen_t(280)
    getsockopt(descriptor, CInt(IPPROTO_TCP), infoName, &room, &length)
    var cookie: UInt64 = 0
    length = 8
    getsockopt(descriptor, SOL_SOCKET, cookieName, &cookie, &length)
  }

  /// Of this thread: what others do meanwhile is not counted. The kernel answers on the asking thread.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  private static func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = processorTime()
    try body()
    return processorTime() - start
  }
}
