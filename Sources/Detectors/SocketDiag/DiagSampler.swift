import FlatlineCore
import Synchronization

/// Reads TCP_INFO of all connections of a monitor by one dump, where that is cheaper than asking each.
final class DiagSampler: ReadAheadSource {
  /// How old a reading may be to count as made now.
  static let freshness = Duration.milliseconds(15)
  /// How long to make no dumps after one that turned out too long.
  private static let retreat = Duration.seconds(10)

  private struct TooLong: Error {}

  private let opening: NetlinkOpening
  private let rule: SamplingRule
  private var diag: SocketDiag?
  private var readings: [UInt64: TCPInfo] = [:]
  private var readTime: MonotonicTime?
  private var leaveUntil = MonotonicTime(nanoseconds: 0)
  /// How many entries the last whole dump had; `nil` before the first.
  private var entries: Int?
  private var attached = 0
  private var common = CommonFilter()
  /// Dumps that were used, for tests and benchmarks.
  let dumps = Count()

  final class Count: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
  }

  init(_ opening: NetlinkOpening, rule: SamplingRule = .measured) {
    self.opening = opening
    self.rule = rule
  }

  func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    attached += 1
    if let endpoints { common.add(endpoints) }
  }

  func detach(_ connection: ConnectionID) {
    attached = max(0, attached - 1)
  }

  func prepare(due: Int, now: MonotonicTime) {
    if let readTime, now - readTime <= DiagSampler.freshness { return }
    readTime = nil
    let due = min(due, attached)
    guard now >= leaveUntil, rule.prefersDump(due: due, entries: entries ?? due) else { return }
    readings.removeAll(keepingCapacity: true)
    do {
      try dump(upTo: rule.mostEntries(due: due))
      readTime = now
      dumps.add()
    } catch {
      // Too many sockets of others, or no such dumps here: each socket is asked separately. The rest of this dump is
      // discarded with its netlink socket.
      diag = nil
      readings = [:]
      leaveUntil = now + DiagSampler.retreat
    }
  }

  func reading(cookie: UInt64, now: MonotonicTime) -> TCPInfo? {
    guard let readTime, now - readTime <= DiagSampler.freshness else { return nil }
    return readings[cookie]?.aged(by: now - readTime)
  }

  /// - Throws: `TooLong` when there are more entries than that; what the kernel refuses.
  private func dump(upTo limit: Int) throws {
    let diag = try self.diag ?? SocketDiag(opening)
    self.diag = diag
    var count = 0
    for filter in common.filters {
      count += try diag.read(filter, upTo: limit - count) { cookie, info in
        if DiagSampler.isWell(info) { readings[cookie] = info }
      }
      guard count <= limit else { throw TooLong() }
    }
    entries = count
  }

  /// Whether a reading accuses the peer of nothing, so that it may be a little old.
  private static func isWell(_ info: TCPInfo) -> Bool {
    info.state == .established && !info.isInFlight && info.retransmits == 0 && info.probes == 0
  }
}

/// Properties that all connections of a monitor share, so that the kernel leaves the others out of a dump: a server's
/// connections have one local port, a pool's one remote port.
struct CommonFilter: Sendable {
  private var localPort: UInt16?
  private var remotePort: UInt16?
  private var hasIPv4 = false
  private var hasIPv6 = false

  /// Zero stands for ports that differ.
  mutating func add(_ endpoints: SocketEndpoints) {
    localPort = localPort == nil || localPort == endpoints.local.port ? endpoints.local.port : 0
    remotePort = remotePort == nil || remotePort == endpoints.remote.port ? endpoints.remote.port : 0
    switch endpoints.local.address.family {
    case .ipv4: hasIPv4 = true
    case .ipv6: hasIPv6 = true
    }
  }

  /// A dump for each family that is in use.
  var filters: [DiagMessages.Filter] {
    [false, true].filter { $0 ? hasIPv6 : hasIPv4 }.map { isIPv6 in
      DiagMessages.Filter(
        isIPv6: isIPv6, states: DiagMessages.established, localPort: localPort ?? 0,
        remotePort: remotePort ?? 0)
    }
  }
}
