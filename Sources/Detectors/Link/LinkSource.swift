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
  /// Longest time that the questions about one group take. A thread that was not running took longer.
  private static let longestQuestion = Duration.microseconds(50)
  /// Groups still to ask about, from `cursor` on.
  private var cursor: Int?
  /// Time that the pass has taken so far, in all its turns.
  private var passCost = Duration.zero
  /// The number of the pass, or of the last one.
  private var pass: UInt64 = 0
  private var split = SplitRoutes()
  /// Families with rules that match ports.
  private var portRules: Set<IPAddress.Family> = []
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
      readRules()
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
    let ports = FlowPorts(endpoints)
    var key = RouteKey(endpoints)
    if split.contains(key) { key = key.with(ports) }
    if let index = table.add(connection, key, ports) { examine(index, isNew: true) }
    if let index = table.group(of: connection), table.trouble(of: connection) != nil { changed.insert(index) }
  }

  func detach(_ connection: ConnectionID) {
    table.remove(connection)
  }

  /// The kernel may hold back the message that explains the suspicion, or send none.
  func someConnectionBecameSuspect(now: MonotonicTime) {
    pace.someConnectionBecameSuspect(now)
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
      passCost = .zero
      pass += 1
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
      changes = [.link, .address, .route, .rule, .nexthop]
    }
    if changes.contains(.rule) { readRules() }
    // Links and routes show in a route's ways.
    if !changes.isDisjoint(with: [.address, .rule, .nexthop]) { split.forgetWays() }
    if !changes.isDisjoint(with: [.link, .address, .rule, .nexthop]) { pace.linkChanged(now) }
    if changes.contains(.route) { pace.askRoutes(now) }
  }

  private func readRules() {
    portRules = Set([.ipv4, .ipv6].filter(queries.rulesMatchPorts))
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
    let begin = MonotonicTime.now()
    for index in start..<max(start, end) { examine(index) }
    passCost += min(.now() - begin, LinkSource.longestQuestion * (end - start))
    // A group that was split has put others at the end.
    guard end == table.groups.count else {
      cursor = end
      return
    }
    cursor = nil
    split.end(pass: pass)
    // A way that changed may stay as it is for good, and the kernel reports its return.
    hasTrouble = table.groups.contains { $0?.trouble?.isAbsence ?? false }
    let used = Set(table.groups.compactMap { $0?.interface })
    links = links.filter { used.contains($0.key) }
    let passEnd = MonotonicTime.now()
    pace.endPass(from: passEnd - passCost, to: passEnd, hasTrouble: hasTrouble)
  }

  // MARK: Questions

  /// Asks for the present state of one group.
  ///
  /// - Parameter isNew: whether it was never asked for before.
  private func examine(_ index: Int, isNew: Bool = false) {
    guard index < table.groups.count, let group = table.groups[index] else { return }
    let key = group.key
    if key.ports == nil, portRules.contains(key.remote.family) { return examineFlows(of: index) }
    let mayHaveMoved = key.ports == nil || mayHaveMoved(key)
    if !mayHaveMoved, !isNew, let last = group.last {
      return record(last.route, isSourceOurs: last.isSourceOurs, for: index)
    }
    let route = route(key)
    if case .several = route, key.ports == nil { return examineFlows(of: index) }
    var isSourceOurs: Bool?
    if route.way != nil, key.local.family == .ipv4 {
      // For IPv4 the kernel looks at the source address first.
      isSourceOurs = true
    } else {
      isSourceOurs = queries.isOurs(key.local)
    }
    let isForeign = route == .none && isSourceOurs == false && !group.hadSource
    record(isForeign ? queries.route(key, withSource: false) : route, isSourceOurs: isSourceOurs, for: index)
  }

  /// The route of a group. Only the table's entry shows that there are several ways.
  private func route(_ key: RouteKey) -> RouteAnswer {
    if key.ports == nil {
      switch queries.entry(key) {
      case .through(let interface, let gateway, isLocal: false):
        return .through(interface: interface, gateway: gateway, isLocal: false)
      case .several(let ways): return .several(ways)
      // For our own addresses the entry names another interface than the packets take. Without an entry a packet may
      // still have a way, by the interface that its socket is bound to.
      case .through, .none, .unknown: break
      }
    }
    return queries.route(key, withSource: true)
  }

  private func record(_ route: RouteAnswer, isSourceOurs: Bool?, for index: Int) {
    let interface = route.way?.interface ?? table.groups[index]?.interface ?? 0
    let reading = RouteGroup.Reading(
      route: route, isSourceOurs: isSourceOurs, link: interface == 0 ? .unknown : status(of: interface))
    if table.take(reading, for: index) { changed.insert(index) }
  }

  // MARK: Flows

  /// Asks for each flow of a group from now on. A pass comes to them at the table's end.
  private func examineFlows(of index: Int) {
    guard let group = table.groups[index] else { return }
    split.add(group.key)
    let flows = table.split(index)
    if cursor == nil {
      for flow in flows { examine(flow, isNew: true) }
    }
  }

  /// Whether the flows of a route may take other ways than before.
  private func mayHaveMoved(_ key: RouteKey) -> Bool {
    if portRules.contains(key.remote.family) {
      _ = split.mayHaveMoved(key.with(nil), in: pass) { nil }
      return true
    }
    return split.mayHaveMoved(key.with(nil), in: pass) {
      switch queries.entry(key.with(nil)) {
      case .several(let ways): ways
      // One way for all by now.
      case .through(let interface, let gateway, _): UInt64(interface) << 32 | UInt64(gateway)
      case .none, .unknown: nil
      }
    }
  }

  /// Status as of the last look: every change of a link is followed by a look at all that are in use.
  private func status(of interface: UInt32) -> LinkStatus {
    if let known = links[interface] { return known }
    let status = queries.link(interface)
    links[interface] = status
    return status
  }
}
