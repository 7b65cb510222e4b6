/// The routes whose flows take ways of their own: multipath routes, and all routes while a rule matches ports.
///
/// The way of a flow is a function of the route's ways and the flow's ports. While the ways stay as they are, no flow
/// moves, and one question serves all flows of the route. Pure.
struct SplitRoutes {
  private struct Entry {
    /// The ways at the last question; `nil` if they are not known.
    var ways: UInt64?
    /// The pass that last asked.
    var pass = UInt64.max
    /// Whether that pass found other ways than before.
    var hasMoved = true
  }

  private var entries: [RouteKey: Entry] = [:]

  /// Whether flows of this route are asked about one by one.
  func contains(_ route: RouteKey) -> Bool { entries[route] != nil }

  /// From now on flows of this route are asked about one by one.
  mutating func add(_ route: RouteKey) {
    if entries[route] == nil { entries[route] = Entry() }
  }

  /// Something changed that the ways do not show: each flow is asked about again.
  mutating func forgetWays() {
    for route in entries.keys { entries[route]?.ways = nil }
  }

  /// Whether the flows of this route must be asked about in this pass; each call also keeps the route in mind.
  ///
  /// - Parameter ask: asks for the route's ways. Called once a pass.
  mutating func mayHaveMoved(_ route: RouteKey, in pass: UInt64, ask: () -> UInt64?) -> Bool {
    var entry = entries[route] ?? Entry()
    if entry.pass != pass {
      let ways = ask()
      entry.hasMoved = ways == nil || ways != entry.ways
      entry.ways = ways
      entry.pass = pass
      entries[route] = entry
    }
    return entry.hasMoved
  }

  /// Forgets the routes that no flow has asked for in this pass.
  mutating func end(pass: UInt64) {
    entries = entries.filter { $0.value.pass == pass }
  }
}
