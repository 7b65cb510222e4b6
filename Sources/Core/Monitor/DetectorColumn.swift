/// One detector of one panel and the column of its states, one a row. Type-erased: a wake costs one dynamic
/// call a lane, and the states stay plain and side by side.
protocol Lane: AnyObject {
  var name: DetectorName { get }
  var readiness: Readiness { get }
  /// False if the detector has nothing to say of this connection; it is then not asked of the row.
  func attach(_ row: Int, _ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Bool
  func detach(_ row: Int, _ socket: borrowing BorrowedSocket)
  /// In place of `detach` where the socket is gone.
  func discard(_ row: Int)
  /// Gives a wake's signals to the detector, each in turn; its evidence goes to `cast`.
  func observe(
    _ wake: Wake, seat: Int, now: MonotonicTime, horizon: MonotonicTime, socket: borrowing BorrowedSocket,
    cast: (consuming Evidence?) -> Void)
  func deadline(_ row: Int) -> MonotonicTime
  /// The detector's next deadline, if what is due of it asks for no more than that; see ``Detector/rest(_:leaning:state:now:)``.
  func rest(_ row: Int, _ info: TCPInfo, leaning: Leaning, now: MonotonicTime, horizon: MonotonicTime)
    -> MonotonicTime?
  /// What all connections of the monitor share for the detector, if it has such a thing.
  var source: (any SharedSource)? { get set }
  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)?
}

final class DetectorLane<Method: Detector>: Lane {
  private let period: Duration?
  private let leeway: Duration
  // Unchecked, here and below, as in `Engine`, for the same reason. Rows are found without the type's metadata,
  // which unspecialised generic code would look up at every access.
  @exclusivity(unchecked) private var states = Chunks(of: Method.State.self)
  /// The next beat of each row, for detectors with a period.
  @exclusivity(unchecked) private var beats = Column<MonotonicTime>()
  // Last: where a property stands behind one of a generic type is looked up at each use.
  let readiness: Readiness
  var source: (any SharedSource)?
  private let detector: Method

  init(_ detector: Method) {
    self.detector = detector
    let interest = detector.interest
    readiness = interest.readiness
    leeway = interest.leeway
    period = interest.period.map { max($0, .milliseconds(1)) }
  }

  var name: DetectorName { Method.name }

  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    try Method.makeSource(in: surroundings)
  }

  func attach(_ row: Int, _ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Bool {
    guard detector.applies(to: socket) else { return false }
    let state = try detector.attach(socket, now: now)
    states.address(row).initializeMemory(as: Method.State.self, to: state)
    if let period { beats[row] = now + period }
    return true
  }

  func detach(_ row: Int, _ socket: borrowing BorrowedSocket) {
    detector.detach(socket, state: state(row).pointee)
  }

  func discard(_ row: Int) {
    detector.discard(state(row).pointee)
  }

  func deadline(_ row: Int) -> MonotonicTime {
    period == nil ? detector.deadline(state(row).pointee) ?? .never : beats[row]
  }

  func rest(
    _ row: Int, _ info: TCPInfo, leaning: Leaning, now: MonotonicTime, horizon: MonotonicTime
  ) -> MonotonicTime? {
    let due = deadline(row)
    if due > horizon + leeway { return due }
    return period == nil ? detector.rest(info, leaning: leaning, state: &state(row).pointee, now: now) : nil
  }

  func observe(
    _ wake: Wake, seat: Int, now: MonotonicTime, horizon: MonotonicTime, socket: borrowing BorrowedSocket,
    cast: (consuming Evidence?) -> Void
  ) {
    if let stall = wake.stall {
      if period != nil { beats[wake.row] = beats[wake.row] + stall }
      give(.clockStall(stall), wake.row, now, socket, cast)
    }
    // All bits, also those that others asked for: they tell what the event was about.
    if !wake.readiness.isDisjoint(with: readiness) {
      give(.readiness(wake.readiness), wake.row, now, socket, cast)
    }
    if wake.received > 0 { give(.received(bytes: wake.received), wake.row, now, socket, cast) }
    if wake.informed.contains(seat), let source {
      give(.source(source.news(of: wake.id)), wake.row, now, socket, cast)
    }
    if wake.isDue, deadline(wake.row) <= horizon + leeway {
      if let period { beats[wake.row] = now + period }
      give(.deadline, wake.row, now, socket, cast)
    }
    if wake.challenged.contains(seat) { give(.challenge, wake.row, now, socket, cast) }
  }

  private func state(_ row: Int) -> UnsafeMutablePointer<Method.State> {
    states.address(row).assumingMemoryBound(to: Method.State.self)
  }

  private func give(
    _ event: Signal.Event, _ row: Int, _ now: MonotonicTime, _ socket: borrowing BorrowedSocket,
    _ cast: (consuming Evidence?) -> Void
  ) {
    // Passed on as it comes, whether or not it says something: unwrapping it here would copy it.
    cast(detector.observe(Signal(event, now: now), on: socket, state: &state(row).pointee))
  }
}
