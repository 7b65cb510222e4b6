import FlatlineCore
import FlatlineNetlink

/// One rtnetlink listener for all connections of a monitor. A multicast message only says when to look. The state is
/// always asked for, so that an old message never hides a newer state.
final class LinkSource: NewsSource {
  /// Most questions about routes in one call, so that the monitor serves its connections in between.
  private static let mostQuestions = 128
  private static let mostDatagrams = 64

  private let listener: NetlinkSocket
  private let queries: RouteQueries
  private let namespace: UInt64
  private var table = GroupTable()
  private var links: [UInt32: LinkStatus] = [:]
  private var pace = PollingPace()
  /// Groups still to ask about, from `cursor` on, in a pass that began at `passStart`.
  private var cursor: Int?
  private var passStart: MonotonicTime = .never
  private var hasTrouble = false
  /// Groups with a new or ended fault that their connections do not know yet.
  private var changed: Set<Int> = []

  /// `nil` where the process may not have netlink sockets.
  init?(_ opening: NetlinkOpening) throws(Errno) {
    do {
      listener = try NetlinkSocket(
        RouteMessages.protocolNumber, groups: RouteMessages.changes, opening: opening)
      queries = try RouteQueries(opening)
      namespace = listener.namespace
    } catch {
      switch error {
      case .permissionDenied, .notPermitted, .addressFamilyNotSupported, .protocolNotSupported,
        .invalidArgument:
        return nil
      default: throw error
      }
    }
  }

  var descriptor: CInt? { listener.descriptor }

  var deadline: MonotonicTime {
    if table.isEmpty { return .never }
    guard cursor == nil, changed.isEmpty else { return MonotonicTime(nanoseconds: 0) }
    return min(pace.nextLinks, pace.nextPass)
  }

  // MARK: Connections

  func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    // A socket without addresses is over. Other detectors report that.
    guard let endpoints else { return }
    // The links of another network namespace are not known here.
    guard [0, namespace].contains(endpoints.namespace) || namespace == 0 else { return }
    if let index = table.add(connection, RouteKey(endpoints)) { examine(index) }
    if let index = table.group(of: connection), table.trouble(of: connection) != nil { changed.insert(index) }
  }

  func detach(_ connection: ConnectionID) {
    table.remove(connection)
  }

  /// The kernel may hold back the message that explains the suspicion.
  func someConnectionBecameSuspect(now: MonotonicTime) {
    pace.askLinks(now)
  }

  func news(of connection: ConnectionID) -> UInt64 {
    table.trouble(of: connection)?.code ?? 0
  }

  // MARK: Turns

  func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
    if isReady { listen(now) }
    guard !table.isEmpty else { return [] }
    if pace.nextLinks <= now { lookAtLinks(now) }
    if cursor == nil, pace.nextPass <= now {
      pace.beginPass()
      cursor = 0
      passStart = now
    }
    goOn(now)
    defer { changed = [] }
    return table.connections(of: changed)
  }

  private func listen(_ now: MonotonicTime) {
    var changes: Set<RouteMessages.Change> = []
    do {
      for _ in 0..<LinkSource.mostDatagrams {
        let isMore = try listener.receive { message in
          if let change = RouteMessages.change(message) { changes.insert(change) }
        }
        guard isMore else { break }
      }
    } catch {
      // Messages were lost (ENOBUFS): any of them may have been about us.
      changes.insert(.linkOrAddress)
    }
    if changes.contains(.linkOrAddress) { pace.linkChanged(now) }
    if changes.contains(.route) { pace.askRoutes(now) }
  }

  private func lookAtLinks(_ now: MonotonicTime) {
    for (interface, before) in links {
      let status = queries.link(interface)
      links[interface] = status
      if status != before { pace.linkChanged(now) }
    }
    pace.didLookAtLinks(now, hasTrouble: hasTrouble)
  }

  /// Asks on behalf of the next groups of the pass.
  private func goOn(_ now: MonotonicTime) {
    guard let start = cursor else { return }
    let end = min(start + LinkSource.mostQuestions, table.groups.count)
    for index in start..<max(start, end) { examine(index) }
    guard end == table.groups.count else {
      cursor = end
      return
    }
    cursor = nil
    hasTrouble = table.groups.contains { $0?.trouble != nil }
    let used = Set(table.groups.compactMap { $0?.interface })
    links = links.filter { used.contains($0.key) }
    pace.endPass(from: passStart, to: .now(), hasTrouble: hasTrouble)
  }

  // MARK: Questions

  /// Asks for the present state of one group.
  private func examine(_ index: Int) {
    guard index < table.groups.count, let group = table.groups[index] else { return }
    let key = group.key
    var route = queries.route(key, withSource: true)
    var isSourceOurs: Bool?
    if case .through = route, key.local.family == .ipv4 {
      // For IPv4 the kernel looks at the source address first.
      isSourceOurs = true
    } else {
      isSourceOurs = queries.isOurs(key.local)
    }
    if route == .none, isSourceOurs == false, !group.hadSource {
      route = queries.route(key, withSource: false)
    }
    var interface = group.interface
    if case .through(let current, _) = route { interface = current }
    let reading = RouteGroup.Reading(
      route: route, isSourceOurs: isSourceOurs, link: interface == 0 ? .unknown : status(of: interface))
    if table.take(reading, for: index) { changed.insert(index) }
  }

  /// Status as of the last look: every change of a link is followed by a look at all that are in use.
  private func status(of interface: UInt32) -> LinkStatus {
    if let known = links[interface] { return known }
    let status = queries.link(interface)
    links[interface] = status
    return status
  }
}
