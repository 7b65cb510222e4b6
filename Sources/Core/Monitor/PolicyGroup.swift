/// The connections of one policy: its detectors, its plan of voting and the ballots, in columns by row. A detector
/// is identified by the index of its column.
final class PolicyGroup {
  let policy: Policy
  let columns: [any DetectorColumn]
  /// Raised during a look by the column that was examined.
  let fault = DetectorFault()
  /// The looks of each detector, and their time.
  @exclusivity(unchecked) var accounts: ContiguousArray<LookAccount>
  let plan: VotingPlan
  /// The readiness bits any detector wants.
  let readiness: Readiness

  // Unchecked, here and below, as in `Engine`, for the same reason.
  /// Standing ballots, by ``place(_:_:)``.
  @exclusivity(unchecked) private var ballots = Column<StandingBallot>()
  /// The detectors that have an opinion on a row.
  @exclusivity(unchecked) private var active = Column<DetectorSet>()
  /// End baselines: they show the cause of a connection end.
  @exclusivity(unchecked) var baselines = Column<EndBaseline>()
  /// Connection ends that are final.
  @exclusivity(unchecked) var ends = SideTable<ConnectionEnd>()
  /// The options that are held for a connection, by the place in `holdings`; zero for none.
  @exclusivity(unchecked) var holdingPlaces = Column<UInt32>()
  @exclusivity(unchecked) var holdings = HoldingTable()
  let names: [DetectorName]
  /// Each name in a list of its own, for evidence that names one detector.
  private let singleNames: [[DetectorName]]
  /// The readiness bits that each detector wants.
  private let wanted: [Readiness]
  /// The detectors that need TCP_INFO, those that need the unread bytes, and those that the app's reports wake.
  let informedByTCPInfo: DetectorSet
  let informedByUnread: DetectorSet
  let hearing: DetectorSet
  /// The detectors whose looks go on in an announced pause.
  let attentive: DetectorSet
  @exclusivity(unchecked) private var troubles = SideTable<Trouble>()
  /// Ended ones, kept for reuse: new trouble needs no allocation.
  @exclusivity(unchecked) private var spareTroubles: [Trouble] = []
  private static var mostSpareTroubles: Int { 16 }
  private var freeRows: [Int] = []
  /// The detectors with a shared source, and the source's index; `nil` until the monitor has made them.
  private var sources: [(detector: Int, source: Int)]?
  private var rowCount = 0

  init(_ policy: Policy, registry: DetectorRegistry) throws(PolicyError) {
    try policy.validate(with: registry)
    self.policy = policy
    var columns: [any DetectorColumn] = []
    for (use, detector) in zip(policy.detectors, try policy.makeDetectors(from: registry)) {
      columns.append(PolicyGroup.column(detector, use, fault))
    }
    self.columns = columns
    accounts = ContiguousArray(repeating: LookAccount(), count: columns.count)
    names = columns.map(\.name)
    singleNames = names.map { [$0] }
    wanted = columns.map(\.needs.readiness)
    informedByTCPInfo = DetectorSet(of: columns) { $0.needs.readings.contains(.tcpInfo) }
    informedByUnread = DetectorSet(of: columns) { $0.needs.readings.contains(.unreadBytes) }
    hearing = DetectorSet(of: columns) { $0.needs.receptions }
    attentive = DetectorSet(of: columns) { $0.needs.looksInPauses }
    plan = VotingPlan(policy)
    readiness = columns.reduce(into: []) { $0.formUnion($1.needs.readiness) }
  }

  private static func column<Method: Detector>(
    _ detector: Method, _ use: DetectorUse, _ fault: DetectorFault
  ) -> any DetectorColumn {
    StateColumn(detector, use: use, fault: fault)
  }

  // MARK: Rows

  /// Takes a row and begins every detector that has an opinion on the connection.
  func begin(_ look: borrowing Look) -> Int {
    let row = freeRows.popLast() ?? rowCount
    if row == rowCount { rowCount += 1 }
    active[row] = DetectorSet()
    for (detector, column) in columns.enumerated() where column.begin(row, look) {
      active[row].insert(detector)
    }
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
  func findSources<Failure: Error>(
    _ index: (any DetectorColumn) throws(Failure) -> (Int, any SharedSource)?
  ) throws(Failure) {
    guard sources == nil else { return }
    var found: [(detector: Int, source: Int)] = []
    for (detector, column) in columns.enumerated() {
      guard let (index, source) = try index(column) else { continue }
      column.source = source
      found.append((detector, index))
    }
    sources = found
  }

  /// Whether any detector has a source.
  var hasSources: Bool { !(sources ?? []).isEmpty }

  /// Attaches a new connection to the sources.
  func join(_ row: Int, _ id: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    var attached: [Int] = []
    for place in sources ?? [] where active[row].contains(place.detector) && !attached.contains(place.source)
    {
      attached.append(place.source)
      columns[place.detector].source?.attach(id, endpoints, now: now)
    }
  }

  /// Detaches a connection from the sources.
  func leave(_ id: ConnectionID) {
    var detached: [Int] = []
    for place in sources ?? [] where !detached.contains(place.source) {
      detached.append(place.source)
      columns[place.detector].source?.detach(id)
    }
  }

  /// The detectors that a source serves here.
  func detectors(ofSource index: Int) -> DetectorSet {
    var detectors = DetectorSet()
    for place in sources ?? [] where place.source == index { detectors.insert(place.detector) }
    return detectors
  }

  /// Frees a row.
  func release(_ row: Int) {
    for detector in columns.indices where ballots[place(row, detector)] != .none {
      ballots[place(row, detector)] = .none
    }
    active[row] = DetectorSet()
    ends[row] = nil
    endTrouble(row)
    freeRows.append(row)
  }

  // MARK: Looks

  /// Earliest next look of a row's detectors.
  func nextLook(_ row: Int) -> MonotonicTime { nextLook(row, of: active[row]) }

  /// Earliest next look of some detectors.
  func nextLook(_ row: Int, of detectors: DetectorSet) -> MonotonicTime {
    var earliest = MonotonicTime.never
    var detectors = detectors
    while let detector = detectors.popFirst() { earliest = min(earliest, columns[detector].nextLook(row)) }
    return earliest
  }

  /// The detectors that have an opinion on a row.
  func detectors(_ row: Int) -> DetectorSet { active[row] }

  /// The detectors that a wake is for.
  func detectors(for wake: borrowing Wake, horizon: MonotonicTime, isPaused: Bool = false) -> DetectorSet {
    let active = active[wake.row]
    var detectors = wake.informed
    if let pinged = wake.pinged { detectors.formUnion(pinged.detectors) }
    if !wake.readiness.isEmpty {
      for detector in wanted.indices where !wanted[detector].isDisjoint(with: wake.readiness) {
        detectors.insert(detector)
      }
    }
    if wake.received > 0 { detectors.formUnion(hearing) }
    if wake.isDue {
      let due = due(wake.row, horizon: horizon)
      detectors.formUnion(isPaused ? due.intersection(attentive) : due)
    }
    return active.intersection(detectors)
  }

  /// The detectors with a look due, now or within their leeway.
  func due(_ row: Int, horizon: MonotonicTime) -> DetectorSet {
    var due = DetectorSet()
    var rest = active[row]
    while let detector = rest.popFirst() {
      let column = columns[detector]
      if column.nextLook(row) <= horizon + column.leeway { due.insert(detector) }
    }
    return due
  }

  // MARK: Ballots

  /// Index of a detector's ballot on a row. 256 rows of a detector lie side by side, so that a detector without a
  /// ballot on any of them takes no memory. Most detectors have none on healthy connections.
  @inline(__always) private func place(_ row: Int, _ detector: Int) -> Int {
    ((row >> 8) * columns.count + detector) << 8 | row & 255
  }

  /// The effect of a cast ballot.
  enum Cast {
    /// None: the same ballot stands as before.
    case nothing
    /// The standing ballot changes only in its lifetime or its facts: no event.
    case ballot
    /// The leaning, the cause or the kind of end changes: an event.
    case news(Ballot)
  }

  /// Puts a ballot in place of the detector's last.
  func cast(_ evidence: borrowing Evidence, detector: Int, row: Int, now: MonotonicTime) -> Cast {
    let place = place(row, detector)
    let old = ballots[place]
    // Conclusive evidence stays. Only conclusive evidence replaces it, and a half-close replaces no full end. A death
    // after a half-close replaces it.
    let isLaterDeath = old.isHalfClose && evidence.leaning == .dead && !evidence.isHalfClose
    if old.isConclusive, !isLaterDeath, !evidence.isConclusive || (evidence.isHalfClose && !old.isHalfClose) {
      return .nothing
    }
    let trouble = troubles[row]
    let oldCause = trouble?.ballots[detector]?.evidence.cause
    let standing = StandingBallot(evidence)
    ballots[place] = standing
    let isNews =
      old.leaning(at: now) != evidence.leaning || oldCause != evidence.cause
      || old.isConclusive != evidence.isConclusive || old.isHalfClose != evidence.isHalfClose
      // A detector that says why it abstains.
      || (evidence.leaning == .abstaining && !evidence.notes.isEmpty)
    let isGood = !(evidence.leaning > .alive)
    if let trouble, plan.remembersVotes { trouble.keepReplaced(detector, by: evidence.leaning) }
    if isGood { trouble?.ballots[detector] = nil }
    // Most looks at a healthy connection end here.
    if isGood, !isNews { return standing == old ? .nothing : .ballot }
    let ballot = Ballot(detector: names[detector], evidence: copy evidence)
    if isGood {
      trouble?.record.add(ballot)
    } else {
      let trouble = trouble ?? startTrouble(row)
      trouble.ballots[detector] = ballot
      if isNews { trouble.record.add(ballot) }
    }
    return isNews ? .news(ballot) : .ballot
  }

  /// Whether the row has state because something is, or was, wrong.
  func isInTrouble(_ row: Int) -> Bool { troubles[row] != nil }

  private func startTrouble(_ row: Int) -> Trouble {
    let trouble = spareTroubles.popLast() ?? Trouble(detectors: columns.count)
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

  /// Moves the expiries of a row's ballots and the times of its rules later: the time of a stall does not count.
  func extend(_ row: Int, by stall: Duration) {
    troubles[row]?.memory.moveOn(by: stall)
    for detector in columns.indices {
      let place = place(row, detector)
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

  /// Frees the state of a trouble that is over. Called after a vote for alive and the post of its event.
  func settle(_ row: Int, now: MonotonicTime) {
    guard let trouble = troubles[row] else { return }
    trouble.forgetExpired(by: now, keeping: plan.remembersVotes) { ballots[place(row, $0)].expiry }
    if trouble.isOver { endTrouble(row) }
  }

  /// Adds the monitor's own ballot to the ballots since the first sign of trouble.
  func record(_ ballot: Ballot, row: Int) {
    (troubles[row] ?? startTrouble(row)).record.add(ballot)
  }

  /// The ballots of the deciding detectors.
  func deciders(of decision: Decision, row: Int) -> Deciders {
    troubles[row].map { Deciders(decision.deciders, of: $0.ballots(remembering: decision.remembered)) }
      ?? Deciders([])
  }

  /// The cause of a verdict, from the deciding ballots, all standing ballots, and the end that the engine found.
  func cause(of deciders: Deciders, row: Int, end: EndFinding, now: MonotonicTime) -> Cause? {
    // No other ballot needs to be asked.
    if let plain = deciders.plainCause(end) ?? deciders.weightiest?.plainCause(end) { return plain }
    var standing: [Ballot] = []
    for (detector, name) in names.enumerated() {
      let ballot = ballots[place(row, detector)]
      switch ballot.leaning(at: now) {
      case .abstaining: continue
      case .alive: standing.append(Ballot(detector: name, evidence: .alive(ballot.layer, at: now)))
      case .suspicious, .dead:
        guard let trouble = troubles[row], let ballot = trouble.ballots[detector] else { continue }
        standing.append(ballot)
        // ETIMEDOUT has replaced the detector's accusation, and does not say why.
        if ballot.evidence.isConclusive, ballot.evidence.cause == .timedOut,
          let accusation = trouble.record.accusation(by: name)
        {
          standing.append(accusation)
        }
      }
    }
    return Classification.cause(deciding: deciders.byWeight, standing: standing, end: end)
  }

  /// The latest ballot on a row that has recovered.
  func latest(_ row: Int, now: MonotonicTime) -> Ballot? {
    if let last = troubles[row]?.record.last, !(last.evidence.leaning > .alive) { return last }
    return names.indices.first { ballots[place(row, $0)].leaning(at: now) == .alive }
      .map { Ballot(detector: names[$0], evidence: .alive(ballots[place(row, $0)].layer, at: now)) }
  }

  /// The names of some detectors.
  func names(_ detectors: DetectorSet) -> [DetectorName] {
    var rest = detectors
    // Nearly always there is one name.
    if let detector = rest.popFirst(), rest.isEmpty, detector < singleNames.count {
      return singleNames[detector]
    }
    return names.indices.filter(detectors.contains).map { names[$0] }
  }

  /// The ballots on a row since the first sign of trouble.
  func record(_ row: Int) -> Trail.Record { troubles[row]?.record ?? Trail.Record() }
}
