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

/// Set by a column whose detector does not move its next look on, and taken by the engine, which reports it. One for
/// all columns of a policy, so that a look without a fault pays for one check.
final class DetectorFault {
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) var isRaised = false
}

final class StateColumn<Method: Detector>: DetectorColumn {
  private let period: Duration?
  // Unchecked, here and below, as in `Engine`, for the same reason. Rows are found without the type's metadata,
  // which unspecialised generic code would look up at every access.
  @exclusivity(unchecked) private var states = Chunks(of: Method.State.self)
  /// Time of the next look, by row. Zero means never, so that a detector without times takes no memory for them.
  @exclusivity(unchecked) private var times = Column<MonotonicTime>()
  /// Requests for a next look at once, by row. Like `times`, it takes no memory where there are none.
  @exclusivity(unchecked) private var paces = Column<NextLookPace>()
  private let fault: DetectorFault
  // `detector` is of a generic type and stands last: the offset of a property behind it is looked up at each use.
  let needs: Needs
  let leeway: Duration
  let use: DetectorUse
  var source: (any SharedSource)?
  private let detector: Method

  init(_ detector: Method, use: DetectorUse, fault: DetectorFault) {
    self.detector = detector
    self.fault = fault
    self.use = use
    needs = detector.needs
    leeway = needs.leeway
    period = needs.period.map { max($0, .milliseconds(1)) }
  }

  var name: DetectorName { use.name }

  func makeSource(in surroundings: SourceSurroundings) throws(SourceError) -> (any SharedSource)? {
    do { return try detector.makeSource(in: surroundings) } catch { throw SourceError(error) }
  }

  func begin(_ row: Int, _ look: borrowing Look) -> Bool {
    if needs.requiresDescriptor, !look.hasDescriptor { return false }
    if needs.pinger, !look.canPing { return false }
    guard let state = detector.begin(look) else { return false }
    states.address(row).initializeMemory(as: Method.State.self, to: state)
    if !paces[row].isNew { paces[row] = NextLookPace() }
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
      keep(max(next, look.now + wait(row, look, next)), row)
    } else if look.isDue {
      keep(period.map { look.now + $0 } ?? .never, row)
    } else if look.readiness.isEmpty, look.stall > .zero {
      keep(nextLook(row) + look.stall, row)
    }
  }

  /// The shortest wait for the next look: a time that does not move on would make the monitor spin.
  private func wait(_ row: Int, _ look: borrowing Look, _ next: MonotonicTime) -> Duration {
    guard look.isDue else { return NextLookPace.least }
    guard next < look.now + NextLookPace.least else {
      if !paces[row].isCalm { paces[row].reset() }
      return NextLookPace.least
    }
    let (wait, isFault) = paces[row].hurry()
    if isFault { fault.isRaised = true }
    return wait
  }

  private static var none: MonotonicTime { MonotonicTime(nanoseconds: 0) }

  private func keep(_ time: MonotonicTime, _ row: Int) {
    let kept = time == .never ? StateColumn.none : time
    if kept != StateColumn.none || times[row] != StateColumn.none { times[row] = kept }
  }
}
