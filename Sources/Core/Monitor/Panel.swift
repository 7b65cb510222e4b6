/// The connections of one policy: its lanes, its plan of voting and the ballots, in columns by row.
final class Panel {
  let policy: Policy
  let lanes: [any Lane]
  let plan: VotingPlan
  /// The readiness bits any lane wants.
  let readiness: Readiness

  /// What is kept of a row only while something is wrong.
  private struct Trouble {
    /// The whole of each ballot that is not plainly alive, with its seat.
    private(set) var ballots: [(seat: Int, ballot: Ballot)] = []
    /// What the rules that look at time remember.
    var memory = VoteMemory()

    var isOver: Bool { memory.isEmpty && ballots.isEmpty }

    subscript(seat: Int) -> Ballot? {
      get { ballots.first { $0.seat == seat }?.ballot }
      set {
        ballots.removeAll { $0.seat == seat }
        if let newValue { ballots.append((seat, newValue)) }
      }
    }
  }

  /// Standing ballots, `lanes.count` a row.
  private let ballots = Column<StandingBallot>()
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var troubles: [Int: Trouble] = [:]
  private var freeRows: [Int] = []
  /// The lanes with a shared source, and the source's index; `nil` until the monitor has made them.
  private var sources: [(seat: Int, source: Int)]?
  private var rowCount = 0

  init(_ policy: Policy, registry: DetectorRegistry) throws(PolicyError) {
    try policy.validate(with: registry)
    self.policy = policy
    var lanes: [any Lane] = []
    for detector in try policy.makeDetectors(from: registry) { lanes.append(Panel.lane(detector)) }
    self.lanes = lanes
    plan = VotingPlan(policy)
    readiness = lanes.reduce(into: []) { $0.formUnion($1.readiness) }
  }

  private static func lane<Method: Detector>(_ detector: Method) -> any Lane { DetectorLane(detector) }

  // MARK: Rows

  /// Takes a row and attaches every detector; if one fails, those before it are detached again.
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Int {
    let row = freeRows.popLast() ?? rowCount
    for (seat, lane) in lanes.enumerated() {
      do {
        try lane.attach(row, socket, now: now)
      } catch {
        for earlier in lanes[..<seat] { earlier.detach(row, socket) }
        if row < rowCount { freeRows.append(row) }
        throw error
      }
    }
    if row == rowCount { rowCount += 1 }
    return row
  }

  // MARK: Shared sources

  /// Finds the sources of the lanes, once.
  func findSources(_ index: (any Lane) throws(Errno) -> (Int, any SharedSource)?) throws(Errno) {
    guard sources == nil else { return }
    var found: [(seat: Int, source: Int)] = []
    for (seat, lane) in lanes.enumerated() {
      guard let (index, source) = try index(lane) else { continue }
      lane.source = source
      found.append((seat, index))
    }
    sources = found
  }

  /// Tells the sources of a connection that was attached.
  func join(_ row: Int, _ id: ConnectionID, _ socket: borrowing BorrowedSocket, now: MonotonicTime) {
    for place in sources ?? [] { lanes[place.seat].join(row, id, socket, now: now) }
  }

  /// Tells the sources that a connection is watched no more.
  func leave(_ id: ConnectionID) {
    for place in sources ?? [] { lanes[place.seat].source?.detach(id) }
  }

  /// The seat that a source serves here.
  func seat(ofSource index: Int) -> Int? {
    sources?.first { $0.source == index }?.seat
  }

  // MARK: Detaching

  /// Detaches every detector, last first, so that options are put back in the opposite order.
  func detach(_ row: Int, _ socket: borrowing BorrowedSocket) {
    for lane in lanes.reversed() { lane.detach(row, socket) }
    release(row)
  }

  /// Gives a row up without touching a socket that is no longer ours to touch.
  func release(_ row: Int) {
    for seat in lanes.indices { ballots[row * lanes.count + seat] = .none }
    troubles[row] = nil
    freeRows.append(row)
  }

  func deadline(_ row: Int) -> MonotonicTime {
    lanes.reduce(.never) { min($0, $1.deadline(row)) }
  }

  // MARK: Ballots

  /// Puts a ballot in place of the seat's last. Returns it if it says something new.
  func cast(_ evidence: Evidence, seat: Int, row: Int, now: MonotonicTime) -> Ballot? {
    let place = row * lanes.count + seat
    let old = ballots[place]
    // What the kernel has ended stays ended, unless the end itself becomes plainer.
    if old.isConclusive, !evidence.isConclusive || (evidence.isHalfClose && !old.isHalfClose) { return nil }
    let ballot = Ballot(detector: lanes[seat].name, evidence: evidence)
    let oldCause = troubles.isEmpty ? nil : troubles[row]?[seat]?.evidence.cause
    ballots[place] = StandingBallot(evidence)
    if evidence.leaning > .alive {
      troubles[row, default: Trouble()][seat] = ballot
    } else if oldCause != nil || old.leaning > .alive {
      troubles[row]?[seat] = nil
    }
    let isNews =
      old.leaning(at: now) != evidence.leaning || oldCause != evidence.cause
      || old.isConclusive != evidence.isConclusive
    return isNews ? ballot : nil
  }

  /// Moves what expires on a row: the monitor slept, and that time does not count.
  func extend(_ row: Int, by stall: Duration) {
    for place in row * lanes.count..<(row + 1) * lanes.count {
      ballots[place] = ballots[place].extended(by: stall)
    }
  }

  func decide(_ row: Int, now: MonotonicTime) -> Decision {
    var memory = (troubles.isEmpty ? nil : troubles[row]?.memory) ?? VoteMemory()
    let base = row * lanes.count
    let decision = plan.decide(memory: &memory, now: now) { ballots[base + $0] }
    guard !troubles.isEmpty || !memory.isEmpty else { return decision }
    if !memory.isEmpty, troubles[row] == nil {
      troubles[row] = Trouble()
    }
    troubles[row]?.memory = memory
    if troubles[row]?.isOver == true { troubles[row] = nil }
    return decision
  }

  /// The ballots of the deciding seats, weightiest first.
  func ballots(of seats: SeatSet, row: Int) -> [Ballot] {
    Ballot.byWeight(
      (troubles[row]?.ballots ?? []).filter { seats.contains($0.seat) }.map(\.ballot))
  }
}
