/// One detector of one policy, with its state and its next look for each connection, by row. Type-erased: a look
/// costs one dynamic call a detector, and the states stay plain values side by side.
protocol DetectorColumn: AnyObject {
  var name: DetectorName { get }
  var needs: Needs { get }
  /// ``Needs/leeway``.
  var leeway: Duration { get }
  /// The detector's entry in the policy.
  var use: DetectorUse { get }
  /// False if the detector has no opinion on this connection. It then gets no look at the row.
  func begin(_ row: Int, _ look: borrowing Look) -> Bool
  /// Has the detector examine a look, and keeps the time of its next look.
  func examine(_ row: Int, _ look: borrowing Look) -> Opinion
  /// Time of the detector's next look.
  func nextLook(_ row: Int) -> MonotonicTime
  /// The source that all connections of the monitor share for the detector, if it has one.
  var source: (any SharedSource)? { get set }
  func makeSource(in surroundings: SourceSurroundings) throws(SourceError) -> (any SharedSource)?
}

final class StateColumn<Method: Detector>: DetectorColumn {
  private let period: Duration?
  // Unchecked, here and below, as in `Engine`, for the same reason. Rows are found without the type's metadata,
  // which unspecialised generic code would look up at every access.
  @exclusivity(unchecked) private var states = Chunks(of: Method.State.self)
  /// Time of the next look, by row. Zero means never, so that a detector without times takes no memory for them.
  @exclusivity(unchecked) private var times = Column<MonotonicTime>()
  // `detector` is of a generic type and stands last: the offset of a property behind it is looked up at each use.
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

  func makeSource(in surroundings: SourceSurroundings) throws(SourceError) -> (any SharedSource)? {
    do { return try detector.makeSource(in: surroundings) } catch { throw SourceError(error) }
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
      // A time that is not in the future would make the monitor spin.
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
