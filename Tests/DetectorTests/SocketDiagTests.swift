import Flatline
import FlatlineTestSupport
import Glibc
import Testing

@testable import FlatlineCore
@testable import FlatlineSocketDiag

/// What sock_diag says of a socket is what TCP_INFO says of it.
@Suite(.serialized)
struct SocketDiagTests {
  private static let fields: [(name: String, value: @Sendable (TCPInfo) -> Int64)] = [
    ("state", { Int64($0.state.rawValue) }), ("retransmits", { Int64($0.retransmits) }),
    ("probes", { Int64($0.probes) }), ("backoff", { Int64($0.backoff) }),
    ("unacknowledged", { Int64($0.unacknowledged) }), ("notSent", { Int64($0.notSent) }),
    ("sendWindow", { Int64($0.sendWindow ?? -1) }),
    ("retransmissionTimeout", { $0.retransmissionTimeout.clampedNanoseconds }),
    ("roundTripTime", { $0.roundTripTime.clampedNanoseconds }),
    ("roundTripVariation", { $0.roundTripVariation.clampedNanoseconds }),
    ("shortestRoundTripTime", { $0.shortestRoundTripTime.clampedNanoseconds }),
    ("segmentsReceived", { Int64($0.segmentsReceived) }), ("segmentsSent", { Int64($0.segmentsSent) }),
    ("dataSegmentsReceived", { Int64($0.dataSegmentsReceived) }),
    ("dataSegmentsSent", { Int64($0.dataSegmentsSent) }),
    ("bytesSent", { Int64($0.bytesSent) }), ("bytesRetransmitted", { Int64($0.bytesRetransmitted) }),
    ("outOfOrderReceived", { Int64($0.outOfOrderReceived) }),
    ("bytesAcknowledged", { Int64($0.bytesAcknowledged) }), ("bytesReceived", { Int64($0.bytesReceived) }),
    ("acknowledgedBeyondData", { $0.acknowledgedBeyondData }),
    // These go on between two readings.
    ("sinceDataSent", { $0.sinceDataSent.clampedNanoseconds }),
    ("sinceDataReceived", { $0.sinceDataReceived.clampedNanoseconds }),
    ("sinceAcknowledged", { $0.sinceAcknowledged.clampedNanoseconds }),
  ]

  /// Fields that lie outside what was read just before and just after.
  private static func differences(_ info: TCPInfo, from bounds: [TCPInfo]) -> [String] {
    // An age begins anew with each segment: it lies between two readings if none came or went between them.
    let isStill = Set(bounds.map { [$0.segmentsReceived, $0.segmentsSent] }).count == 1
    return fields.filter { isStill || !$0.name.hasPrefix("since") }.compactMap { field in
      let range = bounds.map(field.value).sorted()
      let value = field.value(info)
      return value < range[0] || value > range[1] ? "\(field.name): \(value), by TCP_INFO \(range)" : nil
    }
  }

  @Test func agreesWithTCPInfoFieldByFieldOn1000Sockets() throws {
    let pairs = try SocketDiagTests.pairs(1000)
    defer { for pair in pairs { pair.close() } }
    // What was sent has arrived and been acknowledged, as far as it ever will.
    usleep(300_000)
    let access = LiveSocketAccess()
    let diag = try SocketDiag()
    var differences: [String] = []
    for pair in pairs {
      let cookie = try access.cookie(pair.client)
      let endpoints = try access.endpoints(pair.client)
      let before = try access.tcpInfo(pair.client)
      let entry = try #require(try diag.connection(endpoints, cookie: cookie))
      let after = try access.tcpInfo(pair.client)
      let info = try #require(entry.info)
      #expect(entry.endpoints.local == endpoints.local)
      #expect(entry.endpoints.remote == endpoints.remote)
      #expect(entry.cookie == cookie)
      #expect(entry.state == info.state)
      differences += SocketDiagTests.differences(info, from: [before, after])
    }
    #expect(differences.isEmpty, "\(differences.count), such as \(differences.first ?? "")")
  }

  @Test func aDumpHasEverySocketAndSaysTheSame() throws {
    let pairs = try SocketDiagTests.pairs(1000)
    defer { for pair in pairs { pair.close() } }
    usleep(300_000)
    let access = LiveSocketAccess()
    let byCookie = try Dictionary(
      uniqueKeysWithValues: pairs.map { (try access.cookie($0.client), $0.client) })
    func infos() throws -> [UInt64: TCPInfo] {
      try byCookie.mapValues { try access.tcpInfo($0) }
    }
    let before = try infos()
    let entries = try SocketDiag().connections().filter { byCookie[$0.cookie] != nil }
    let after = try infos()
    #expect(entries.count == 1000)
    for entry in entries {
      let info = try #require(entry.info)
      let bounds = try [#require(before[entry.cookie]), #require(after[entry.cookie])]
      let wrong = SocketDiagTests.differences(info, from: bounds)
      #expect(wrong.isEmpty, "\(wrong)")
      // A FIN of ours that is not yet acknowledged counts too.
      #expect(entry.unacknowledged == 0 || info.isInFlight || info.state != .established)
    }
    var readings: [UInt64: TCPInfo] = [:]
    try SocketDiag().read(into: &readings)
    let established = try pairs.filter { try access.tcpInfo($0.client).state == .established }
    for pair in established { #expect(readings[try access.cookie(pair.client)] != nil) }
  }

  @Test func findsASocketByItsProcess() throws {
    let pair = try TCPPair.loopback(server: .silent)
    defer { pair.close() }
    let inodes = try #require(ProcessSockets.inodes(of: getpid()))
    let endpoints = try LiveSocketAccess().endpoints(pair.client)
    let entry = try #require(try SocketDiag().connection(endpoints))
    #expect(inodes.contains(entry.inode))
    #expect(ProcessSockets.inodes(of: .max) == nil)
  }

  @Test func knowsNoSocketThatIsGone() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let access = LiveSocketAccess()
    let endpoints = try access.endpoints(pair.client)
    let cookie = try access.cookie(pair.client)
    let diag = try SocketDiag()
    #expect(try diag.connection(endpoints, cookie: cookie) != nil)
    // Another socket's name, at the same ends.
    #expect(try diag.connection(endpoints, cookie: cookie + 1) == nil)
    pair.serverResets()
    usleep(20_000)
    #expect(try diag.connection(endpoints, cookie: cookie) == nil)
    pair.close()
  }

  /// Connections in all sorts of states: idle, with data read and unread, a full window, half-closed both ways.
  private static func pairs(_ count: Int) throws -> [TCPPair] {
    try (0..<count).map { number in
      let pair = try TCPPair.loopback(server: .silent)
      var bytes = [UInt8](repeating: 7, count: 1 + number * 13)
      switch number % 6 {
      case 1: send(pair.client, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      case 2: try pair.serverSends(String(repeating: "x", count: number))
      case 3:
        bytes = [UInt8](repeating: 7, count: 1 << 16)
        if number < 60 {
          while send(pair.client, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)) > 0 {}
        }
      case 4: pair.serverShutsDownWrite()
      case 5: shutdown(pair.client, CInt(SHUT_WR))
      default: break
      }
      return pair
    }
  }
}
