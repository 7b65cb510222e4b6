/// One detector of one policy, with what it remembers of each connection and when it looks at each next, by row.
/// Type-erased: a look costs one dynamic call a detector, and the states stay plain and side by side.
protocol DetectorColumn: AnyObject {
  var name: DetectorName { get }
  var needs: Needs { get }
  /// ``Needs/leeway``.
  var leeway: Duration { get }
  /// What the policy says of the detector.
  var use: DetectorUse { get }
  /// False if the detector has no opinion on this connection; it is then not asked of the row.
  func begin(_ row: Int, _ look: borrowing Look) -> Bool
  /// Asks the detector, and keeps when it wants to look next.
  func examine(_ row: Int, _ look: borrowing Look) -> Opinion
  /// When the detector wants to look next.
  func nextLook(_ row: Int) -> MonotonicTime
  /// What all connections of the monitor share for the detector, if it has such a thing.
  var source: (any SharedSource)? { get set }
  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)?
}

final class StateColumn<Method: Detector>: DetectorColumn {
  private let period: Duration?
  // Unchecked, here and below, as in `Engine`, for the same reason. Rows are found without the type's metadata,
  // which unspecialised generic code would look up at every access.
  @exclusivity(unchecked) private var states = Chunks(of: Method.State.self)
  /// When to look next, by row; zero for never, so that a detector without times takes no memory for them.
  @exclusivity(unchecked) private var times = Column<MonotonicTime>()
  // Last: where a property stands behind one of a generic type is looked up at each use.
  let needs: Needs
  let leeway: Duration
  let use: DetectorUse
  var source: (any SharedSource)?
  private let detector: Method

  init(_ detector: Method, use: DetectorUse) {
    self.detector = detector
    self.use = use
    needs = detector.needs
    leeway = needs.leeway
    period = needs.period.map { max($0, .milliseconds(1)) }
  }

  var name: DetectorName { Method.name }

  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    try detector.makeSource(in: surroundings)
  }

  func begin(_ row: Int, _ look: borrowing Look) -> Bool {
    if needs.requiresDescriptor, !look.hasDescriptor { return false }
    if needs.pinger, !look.canPing { return false }
    guard let state = detector.begin(look) else { return false }
    states.address(row).initializeMemory(as: Method.State.self, to: state)
    keep((needs.firstLook ?? period).map { look.now + max($0, .zero) } ?? .never, row)
    return true
  }

  func nextLook(_ row: Int) -> MonotonicTime {
    let time = times[row]
    return time == StateColumn.none ? .never : time
  }

  func examine(_ row: Int, _ look: borrowing Look) -> Opinion {
    let opinion = detector.examine(
      look, &states.address(row).assumingMemoryBound(to: Method.State.self).pointee)
    reschedule(row, look, opinion.next)
    return consume opinion
  }

  private func reschedule(_ row: Int, _ look: borrowing Look, _ next: MonotonicTime?) {
    if let next {
      // A time that does not move on would have the monitor spin.
      keep(max(next, look.now + StateColumn.leastWait), row)
    } else if look.isDue {
      keep(period.map { look.now + $0 } ?? .never, row)
    } else if look.readiness.isEmpty, look.stall > .zero {
      keep(nextLook(row) + look.stall, row)
    }
  }

  private static var none: MonotonicTime { MonotonicTime(nanoseconds: 0) }
  private static var leastWait: Duration { .milliseconds(1) }

  private func keep(_ time: MonotonicTime, _ row: Int) {
    let kept = time == .never ? StateColumn.none : time
    if kept != StateColumn.none || times[row] != StateColumn.none { times[row] = kept }
  }
}
