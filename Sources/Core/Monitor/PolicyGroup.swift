/// The connections of one policy: its lanes, its plan of voting and the ballots, in columns by row.
final class Panel {
  let policy: Policy
  let lanes: [any Lane]
  let plan: VotingPlan
  /// The readiness bits any lane wants.
  let readiness: Readiness

  /// What is kept of a row only while something is wrong.
  private final class Trouble {
    /// The whole of each ballot that is not plainly alive, by seat.
    // Unchecked, here and below, as in `Engine`, for the same reason.
    @exclusivity(unchecked) var ballots: ContiguousArray<Ballot?>
    /// What the rules that look at time remember.
    @exclusivity(unchecked) var memory = VoteMemory()
    /// What has been said since the trouble began.
    @exclusivity(unchecked) var record = Trail.Record()

    init(seats: Int) {
      ballots = ContiguousArray(repeating: nil, count: seats)
    }

    func clear() {
      for seat in ballots.indices { ballots[seat] = nil }
      memory = VoteMemory()
      record.clear()
    }

    /// - Parameter expiry: of the ballot that stands, which a sleep of the monitor may have put off.
    func forgetExpired(by now: MonotonicTime, _ expiry: (_ seat: Int) -> MonotonicTime) {
      for seat in ballots.indices where ballots[seat] != nil && expiry(seat) <= now {
        ballots[seat] = nil
      }
    }

    var isOver: Bool { memory.isEmpty && ballots.allSatisfy { $0 == nil } }
  }

  // Unchecked, here and below, as in `Engine`, for the same reason.
  /// Standing ballots, by ``place(_:_:)``.
  @exclusivity(unchecked) private var ballots = Column<StandingBallot>()
  /// The seats that have something to say of a row.
  @exclusivity(unchecked) private var active = Column<SeatSet>()
  private let names: [DetectorName]
  /// The readiness bits that each seat wants.
  private let wanted: [Readiness]
  @exclusivity(unchecked) private var troubles = SideTable<Trouble>()
  /// Ended ones, for their room: trouble that begins need not wait for memory.
  @exclusivity(unchecked) private var spareTroubles: [Trouble] = []
  private static var mostSpareTroubles: Int { 16 }
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
    names = lanes.map(\.name)
    wanted = lanes.map(\.readiness)
    plan = VotingPlan(policy)
    readiness = lanes.reduce(into: []) { $0.formUnion($1.readiness) }
  }

  private static func lane<Method: Detector>(_ detector: Method) -> any Lane { DetectorLane(detector) }

  // MARK: Rows

  /// Takes a row and attaches every detector; if one fails, those before it are detached again.
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Int {
    let row = freeRows.popLast() ?? rowCount
    active[row] = SeatSet()
    for (seat, lane) in lanes.enumerated() {
      do {
        if try lane.attach(row, socket, now: now) { active[row].insert(seat) }
      } catch {
        detachAll(row, socket)
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
    for place in sources ?? [] where active[row].contains(place.seat) {
      lanes[place.seat].source?.attach(id, socket, now: now)
    }
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

  func detach(_ row: Int, _ socket: borrowing BorrowedSocket) {
    detachAll(row, socket)
    release(row)
  }

  /// Gives a row up without touching a socket that is no longer ours to touch.
  func discard(_ row: Int) {
    let active = active[row]
    for seat in lanes.indices.reversed() where active.contains(seat) { lanes[seat].discard(row) }
    release(row)
  }

  /// Detaches what was attached, last first, so that options are put back in the opposite order.
  private func detachAll(_ row: Int, _ socket: borrowing BorrowedSocket) {
    let active = active[row]
    for seat in lanes.indices.reversed() where active.contains(seat) { lanes[seat].detach(row, socket) }
  }

  private func release(_ row: Int) {
    for seat in lanes.indices where ballots[place(row, seat)] != .none { ballots[place(row, seat)] = .none }
    active[row] = SeatSet()
    endTrouble(row)
    freeRows.append(row)
  }

  func deadline(_ row: Int) -> MonotonicTime {
    var earliest = MonotonicTime.never
    var seats = active[row]
    while let seat = seats.popFirst() { earliest = min(earliest, lanes[seat].deadline(row)) }
    return earliest
  }

  /// When a row at rest is to be looked at next, if none of its detectors has anything to say and the vote cannot change;
  /// see ``Detector/rest(_:leaning:state:now:)``. `nil` for a look in full.
  func rest(_ row: Int, _ info: TCPInfo, now: MonotonicTime, horizon: MonotonicTime) -> MonotonicTime? {
    guard troubles[row] == nil else { return nil }
    var earliest = MonotonicTime.never
    var seats = active[row]
    while let seat = seats.popFirst() {
      let ballot = ballots[place(row, seat)]
      let leaning = ballot.leaning(at: now)
      guard leaning == .abstaining || (leaning == .alive && ballot.expiry == .never),
        let deadline = lanes[seat].rest(row, info, leaning: leaning, now: now, horizon: horizon)
      else { return nil }
      earliest = min(earliest, deadline)
    }
    return earliest
  }

  /// The seats to which a wake has something to say.
  func seats(for wake: borrowing Wake) -> SeatSet {
    let active = active[wake.row]
    guard wake.isOnlyReadiness else { return active }
    var interested = SeatSet()
    for seat in wanted.indices where !wanted[seat].isDisjoint(with: wake.readiness) {
      interested.insert(seat)
    }
    return active.intersection(interested)
  }

  // MARK: Ballots

  /// Where a seat's ballot on a row is kept: 256 rows of a seat side by side, so that a seat that has never said
  /// anything of them, as most have not of healthy connections, takes no memory.
  @inline(__always) private func place(_ row: Int, _ seat: Int) -> Int {
    ((row >> 8) * lanes.count + seat) << 8 | row & 255
  }

  /// Puts a ballot in place of the seat's last. Returns it if it says something new.
  func cast(_ given: consuming Evidence, seat: Int, row: Int, now: MonotonicTime) -> Ballot? {
    let evidence = given
    let place = place(row, seat)
    let old = ballots[place]
    // What the kernel has ended stays ended, unless the end itself becomes plainer.
    if old.isConclusive, !evidence.isConclusive || (evidence.isHalfClose && !old.isHalfClose) { return nil }
    let trouble = troubles[row]
    let oldCause = trouble?.ballots[seat]?.evidence.cause
    ballots[place] = StandingBallot(evidence)
    let isNews =
      old.leaning(at: now) != evidence.leaning || oldCause != evidence.cause
      || old.isConclusive != evidence.isConclusive
    let isGood = !(evidence.leaning > .alive)
    if isGood { trouble?.ballots[seat] = nil }
    // Most looks at a healthy connection end here.
    if isGood, !isNews { return nil }
    let ballot = Ballot(detector: names[seat], evidence: evidence)
    if isGood {
      trouble?.record.add(ballot)
    } else {
      let trouble = trouble ?? startTrouble(row)
      trouble.ballots[seat] = ballot
      if isNews { trouble.record.add(ballot) }
    }
    return isNews ? ballot : nil
  }

  private func startTrouble(_ row: Int) -> Trouble {
    let trouble = spareTroubles.popLast() ?? Trouble(seats: lanes.count)
    troubles[row] = trouble
    return trouble
  }

  private func endTrouble(_ row: Int) {
    guard let trouble = troubles[row] else { return }
    troubles[row] = nil
    guard spareTroubles.count < Panel.mostSpareTroubles else { return }
    trouble.clear()
    spareTroubles.append(trouble)
  }

  /// Moves what expires on a row, and what its rules count from: the monitor slept, and that time does not count.
  func extend(_ row: Int, by stall: Duration) {
    troubles[row]?.memory.moveOn(by: stall)
    for seat in lanes.indices {
      let place = place(row, seat)
      let ballot = ballots[place]
      if ballot != .none { ballots[place] = ballot.extended(by: stall) }
    }
  }

  func decide(_ row: Int, now: MonotonicTime) -> Decision {
    guard let trouble = troubles[row] else {
      var memory = VoteMemory()
      let decision = plan.decide(memory: &memory, now: now) { ballots[place(row, $0)] }
      if !memory.isEmpty { startTrouble(row).memory = memory }
      return decision
    }
    return plan.decide(memory: &trouble.memory, now: now) { ballots[place(row, $0)] }
  }

  /// After a vote for alive and its telling: what is kept of a trouble that is over is kept no longer.
  func settle(_ row: Int, now: MonotonicTime) {
    guard let trouble = troubles[row] else { return }
    trouble.forgetExpired(by: now) { ballots[place(row, $0)].expiry }
    if trouble.isOver { endTrouble(row) }
  }

  /// The ballots of the deciding seats.
  func deciders(_ seats: SeatSet, row: Int) -> Deciders {
    troubles[row].map { Deciders(seats, of: $0.ballots) } ?? Deciders([])
  }

  /// Why these ballots decided as they did, beside all that stand.
  func cause(of deciders: Deciders, row: Int, now: MonotonicTime) -> Cause? {
    // No other ballot needs to be asked.
    if let plain = deciders.plainCause ?? deciders.weightiest?.plainCause { return plain }
    var standing: [Ballot] = []
    for (seat, name) in names.enumerated() {
      let ballot = ballots[place(row, seat)]
      switch ballot.leaning(at: now) {
      case .abstaining: continue
      case .alive: standing.append(Ballot(detector: name, evidence: .alive(ballot.layer, at: now)))
      case .suspicious, .dead:
        if let trouble = troubles[row]?.ballots[seat] { standing.append(trouble) }
      }
    }
    return Classification.cause(deciding: deciders.byWeight, standing: standing)
  }

  /// What has been said of a row since something began to look wrong.
  func record(_ row: Int) -> Trail.Record { troubles[row]?.record ?? Trail.Record() }
}
