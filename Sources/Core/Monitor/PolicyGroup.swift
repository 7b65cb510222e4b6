/// The connections of one policy: its detectors, its plan of voting and the ballots, in columns by row. A ballot's seat is the index of
/// its detector's column.
final class PolicyGroup {
  let policy: Policy
  let columns: [any DetectorColumn]
  let plan: VotingPlan
  /// The readiness bits any detector wants.
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
  /// What tells the cause of a connection's end.
  @exclusivity(unchecked) var baselines = Column<EndBaseline>()
  /// How the kernel ended connections for good.
  @exclusivity(unchecked) var ends = SideTable<ConnectionEnd>()
  /// The options that are held for a connection, by the place in `holdings`; zero for none.
  @exclusivity(unchecked) var holdingPlaces = Column<UInt32>()
  @exclusivity(unchecked) var holdings = HoldingTable()
  let names: [DetectorName]
  /// Each name in a list of its own, for what is said of one.
  private let singleNames: [[DetectorName]]
  /// The readiness bits that each detector wants.
  private let wanted: [Readiness]
  /// The detectors for which TCP_INFO, the unread bytes, are read, and those that the app's reports wake.
  let informedByTCPInfo: SeatSet
  let informedByUnread: SeatSet
  let hearing: SeatSet
  @exclusivity(unchecked) private var troubles = SideTable<Trouble>()
  /// Ended ones, for their room: trouble that begins need not wait for memory.
  @exclusivity(unchecked) private var spareTroubles: [Trouble] = []
  private static var mostSpareTroubles: Int { 16 }
  private var freeRows: [Int] = []
  /// The detectors with a shared source, and the source's index; `nil` until the monitor has made them.
  private var sources: [(seat: Int, source: Int)]?
  private var rowCount = 0

  init(_ policy: Policy, registry: DetectorRegistry) throws(PolicyError) {
    try policy.validate(with: registry)
    self.policy = policy
    var columns: [any DetectorColumn] = []
    for (use, detector) in zip(policy.detectors, try policy.makeDetectors(from: registry)) {
      columns.append(PolicyGroup.column(detector, use))
    }
    self.columns = columns
    names = columns.map(\.name)
    singleNames = names.map { [$0] }
    wanted = columns.map(\.needs.readiness)
    informedByTCPInfo = SeatSet(of: columns) { $0.needs.readings.contains(.tcpInfo) }
    informedByUnread = SeatSet(of: columns) { $0.needs.readings.contains(.unreadBytes) }
    hearing = SeatSet(of: columns) { $0.needs.receptions }
    plan = VotingPlan(policy)
    readiness = columns.reduce(into: []) { $0.formUnion($1.needs.readiness) }
  }

  private static func column<Method: Detector>(_ detector: Method, _ use: DetectorUse) -> any DetectorColumn {
    StateColumn(detector, use: use)
  }

  // MARK: Rows

  /// Takes a row and begins every detector that has an opinion on the connection.
  func begin(_ look: borrowing Look) -> Int {
    let row = freeRows.popLast() ?? rowCount
    if row == rowCount { rowCount += 1 }
    active[row] = SeatSet()
    for (seat, column) in columns.enumerated() where column.begin(row, look) { active[row].insert(seat) }
    return row
  }

  /// The options that the detectors of a row hold, in the order of the detectors.
  func heldOptions(_ row: Int) -> [HeldOption] {
    let active = active[row]
    return columns.enumerated().flatMap { active.contains($0.offset) ? $0.element.needs.options : [] }
  }

  /// Every option that any detector of the policy may hold.
  private(set) lazy var declaredOptions: [SocketOption] = columns.flatMap { $0.needs.options.map(\.option) }

  // MARK: Shared sources

  /// Finds the sources of the detectors, once.
  func findSources(_ index: (any DetectorColumn) throws(Errno) -> (Int, any SharedSource)?) throws(Errno) {
    guard sources == nil else { return }
    var found: [(seat: Int, source: Int)] = []
    for (seat, column) in columns.enumerated() {
      guard let (index, source) = try index(column) else { continue }
      column.source = source
      found.append((seat, index))
    }
    sources = found
  }

  /// Whether any detector has a source.
  var hasSources: Bool { !(sources ?? []).isEmpty }

  /// Names a connection that began to the sources.
  func join(_ row: Int, _ id: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    for place in sources ?? [] where active[row].contains(place.seat) {
      columns[place.seat].source?.attach(id, endpoints, now: now)
    }
  }

  /// Names a connection that is watched no more to the sources.
  func leave(_ id: ConnectionID) {
    for place in sources ?? [] { columns[place.seat].source?.detach(id) }
  }

  /// The seat that a source serves here.
  func seat(ofSource index: Int) -> Int? {
    sources?.first { $0.source == index }?.seat
  }

  /// Gives a row up.
  func release(_ row: Int) {
    for seat in columns.indices where ballots[place(row, seat)] != .none { ballots[place(row, seat)] = .none }
    active[row] = SeatSet()
    ends[row] = nil
    endTrouble(row)
    freeRows.append(row)
  }

  // MARK: Looks

  /// When any detector of a row wants to look next.
  func nextLook(_ row: Int) -> MonotonicTime {
    var earliest = MonotonicTime.never
    var seats = active[row]
    while let seat = seats.popFirst() { earliest = min(earliest, columns[seat].nextLook(row)) }
    return earliest
  }

  /// The seats of a row that have something to say of it.
  func seats(_ row: Int) -> SeatSet { active[row] }

  /// The seats that a wake is for.
  func seats(for wake: borrowing Wake, horizon: MonotonicTime) -> SeatSet {
    let active = active[wake.row]
    var seats = wake.informed
    if let pinged = wake.pinged { seats.formUnion(pinged.seats) }
    if !wake.readiness.isEmpty {
      for seat in wanted.indices where !wanted[seat].isDisjoint(with: wake.readiness) { seats.insert(seat) }
    }
    if wake.received > 0 { seats.formUnion(hearing) }
    if wake.isDue { seats.formUnion(due(wake.row, horizon: horizon)) }
    return active.intersection(seats)
  }

  /// The seats whose time has come, or nearly.
  func due(_ row: Int, horizon: MonotonicTime) -> SeatSet {
    var due = SeatSet()
    var rest = active[row]
    while let seat = rest.popFirst() {
      let column = columns[seat]
      if column.nextLook(row) <= horizon + column.leeway { due.insert(seat) }
    }
    return due
  }

  // MARK: Ballots

  /// Where a seat's ballot on a row is kept: 256 rows of a seat side by side, so that a seat that has never said
  /// anything of them, as most have not of healthy connections, takes no memory.
  @inline(__always) private func place(_ row: Int, _ seat: Int) -> Int {
    ((row >> 8) * columns.count + seat) << 8 | row & 255
  }

  /// What a ballot that was cast changes.
  enum Cast {
    /// Nothing: the same stands as before.
    case nothing
    /// What stands, but for nothing that anybody would hear of: its lifetime, its facts.
    case ballot
    /// It says something new.
    case news(Ballot)
  }

  /// Puts a ballot in place of the seat's last.
  func cast(_ evidence: borrowing Evidence, seat: Int, row: Int, now: MonotonicTime) -> Cast {
    let place = place(row, seat)
    let old = ballots[place]
    // What the kernel has ended stays ended, unless the end itself becomes plainer.
    if old.isConclusive, !evidence.isConclusive || (evidence.isHalfClose && !old.isHalfClose) {
      return .nothing
    }
    let trouble = troubles[row]
    let oldCause = trouble?.ballots[seat]?.evidence.cause
    let standing = StandingBallot(evidence)
    ballots[place] = standing
    let isNews =
      old.leaning(at: now) != evidence.leaning || oldCause != evidence.cause
      || old.isConclusive != evidence.isConclusive || old.isHalfClose != evidence.isHalfClose
    let isGood = !(evidence.leaning > .alive)
    if isGood { trouble?.ballots[seat] = nil }
    // Most looks at a healthy connection end here.
    if isGood, !isNews { return standing == old ? .nothing : .ballot }
    let ballot = Ballot(detector: names[seat], evidence: copy evidence)
    if isGood {
      trouble?.record.add(ballot)
    } else {
      let trouble = trouble ?? startTrouble(row)
      trouble.ballots[seat] = ballot
      if isNews { trouble.record.add(ballot) }
    }
    return isNews ? .news(ballot) : .ballot
  }

  /// Whether something is kept of a row because something is, or was, wrong.
  func isInTrouble(_ row: Int) -> Bool { troubles[row] != nil }

  private func startTrouble(_ row: Int) -> Trouble {
    let trouble = spareTroubles.popLast() ?? Trouble(seats: columns.count)
    troubles[row] = trouble
    return trouble
  }

  private func endTrouble(_ row: Int) {
    guard let trouble = troubles[row] else { return }
    troubles[row] = nil
    guard spareTroubles.count < PolicyGroup.mostSpareTroubles else { return }
    trouble.clear()
    spareTroubles.append(trouble)
  }

  /// Moves what expires on a row, and what its rules count from: the monitor slept, and that time does not count.
  func extend(_ row: Int, by stall: Duration) {
    troubles[row]?.memory.moveOn(by: stall)
    for seat in columns.indices {
      let place = place(row, seat)
      let ballot = ballots[place]
      if ballot != .none { ballots[place] = ballot.extended(by: stall) }
    }
  }

  func decide(_ row: Int, now: MonotonicTime, isAnswered: Bool = false) -> Decision {
    guard let trouble = troubles[row] else {
      var memory = VoteMemory()
      let decision = plan.decide(memory: &memory, now: now) { ballots[place(row, $0)] }
      if !memory.isEmpty { startTrouble(row).memory = memory }
      return decision
    }
    return plan.decide(memory: &trouble.memory, now: now, isAnswered: isAnswered) { ballots[place(row, $0)] }
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

  /// Why these ballots decided as they did, beside all that stand and the end that the engine found.
  func cause(of deciders: Deciders, row: Int, end: EndFinding, now: MonotonicTime) -> Cause? {
    // No other ballot needs to be asked.
    if let plain = deciders.plainCause(end) ?? deciders.weightiest?.plainCause(end) { return plain }
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
    return Classification.cause(deciding: deciders.byWeight, standing: standing, end: end)
  }

  /// What was said last of a row that is well again.
  func latest(_ row: Int, now: MonotonicTime) -> Ballot? {
    if let last = troubles[row]?.record.last, !(last.evidence.leaning > .alive) { return last }
    return names.indices.first { ballots[place(row, $0)].leaning(at: now) == .alive }
      .map { Ballot(detector: names[$0], evidence: .alive(ballots[place(row, $0)].layer, at: now)) }
  }

  /// The names of some seats.
  func names(_ seats: SeatSet) -> [DetectorName] {
    var rest = seats
    // Nearly always it is one.
    if let seat = rest.popFirst(), rest.isEmpty, seat < singleNames.count { return singleNames[seat] }
    return names.indices.filter(seats.contains).map { names[$0] }
  }

  /// What has been said of a row since something began to look wrong.
  func record(_ row: Int) -> Trail.Record { troubles[row]?.record ?? Trail.Record() }
}
