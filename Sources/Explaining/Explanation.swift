public import FlatlineCore

/// The promises of a policy: for every class of fault the latest time of each verdict, the deciding detectors and the
/// cause; and the conflicts between its timers.
///
/// A pure function of the policy: computed from the detectors' own promises (``ExplainableDetector/promise(_:)``), the
/// rules' tree and the kernel's rules. A detector without promises is left out: a time holds whatever it says.
public struct Explanation: Hashable, Sendable {
  /// One fault under one kind of traffic.
  public struct Promise: Hashable, Sendable {
    /// The fault that strikes the connection.
    public let fault: FaultClass
    /// Activity of the connection at the fault.
    public let traffic: Traffic
    /// When the connection is at least suspect, at the latest; `nil` for never.
    public let suspect: Duration?
    /// The detectors that the suspicion rests on.
    public let suspectedBy: [DetectorName]
    /// When it is dead, at the latest; `nil` for never.
    public let dead: Duration?
    /// The detectors that the death rests on.
    public let decidedBy: [DetectorName]
    /// A time before which it is not suspect, on a path that was well; `nil` if none can be told.
    public let earliestSuspect: Duration?
    /// A time before which it is not dead, on a path that was well; `nil` if none can be told.
    public let earliestDead: Duration?
    /// When it is known to be half-closed, where the policy lets such a connection live.
    public let halfClosed: Duration?
    /// The cause of the gravest of these verdicts.
    public let cause: Cause?
    /// Causes that it may name instead: the exact moment of the fault decides.
    public let otherCauses: [Cause]
    /// Whether a detector without promises may make it suspect where ``suspect`` is `nil`.
    public let maySuspect: Bool
    /// Whether a detector without promises may make it dead where ``dead`` is `nil`.
    public let mayDie: Bool
  }

  /// The policy that is explained.
  public let policy: Policy
  /// The path's round trip.
  public let roundTrip: Duration
  /// Combined effect of its detectors and the app on a connection's timers.
  public let timers: SocketTimers
  /// One for each fault and kind of traffic.
  public let promises: [Promise]
  /// The policy's detectors without promises (``ExplainableDetector``), in its order. No promise rests on them.
  public let leftOut: [DetectorName]
  /// The conflicts between its timers, warnings first.
  public let conflicts: [TimerConflict]

  /// - Parameters:
  ///   - policy: any policy.
  ///   - registry: the detectors it may name.
  ///   - roundTrip: of the path.
  ///   - app: timers that the app itself sets on its sockets, such as a TCP_USER_TIMEOUT.
  /// - Throws: `PolicyError` for a policy that is not valid.
  public init(
    _ policy: Policy, registry: DetectorRegistry, roundTrip: Duration = .microseconds(100),
    app: SocketTimers = SocketTimers()
  ) throws(PolicyError) {
    try policy.validate(with: registry)
    let detectors = try policy.makeDetectors(from: registry)
    let timers = detectors.timers(beside: app)
    let leftOut = zip(policy.detectors, detectors).filter { !($0.1 is any ExplainableDetector) }.map(\.0.name)
    var promises: [Promise] = []
    for fault in FaultClass.allCases {
      for traffic in fault.traffic where traffic != .heartbeat || timers.ping != nil {
        let scenario = FaultScenario(
          fault: fault, traffic: traffic, roundTrip: roundTrip, timers: timers)
        promises.append(Explanation.promise(policy, detectors, leftOut, scenario, under: traffic))
      }
    }
    self.policy = policy
    self.roundTrip = roundTrip
    self.timers = timers
    self.leftOut = leftOut
    self.promises = promises
    conflicts = timers.conflicts(roundTrip: roundTrip)
  }

  /// The promise for one fault.
  public subscript(fault: FaultClass, traffic: Traffic) -> Promise? {
    promises.first { $0.fault == fault && $0.traffic == traffic }
  }

  private static func promise(
    _ policy: Policy, _ detectors: [any Detector], _ leftOut: [DetectorName], _ scenario: FaultScenario,
    under traffic: Traffic
  ) -> Promise {
    var scenario = scenario
    // A rule is latest if a detector without promises votes for life all the time: rules are monotone.
    var said = leftOut.reduce(into: [DetectorName: [PromisedEvidence]]()) { $0[$1] = [.alive(.process)] }
    func ask(challenged: [DetectorName: Duration] = [:]) {
      for (use, detector) in zip(policy.detectors, detectors) {
        guard let detector = detector as? any ExplainableDetector else { continue }
        let name = use.name
        scenario.challengedWithin = challenged[name]
        said[name] = detector.promise(scenario)
      }
    }
    ask()
    let keepsHalfClosed = policy.halfClose == .halfClosed
    func worstCase(_ rule: Rule, counting counted: Leaning) -> WorstCase {
      WorstCases(promises: said, keepsHalfClosed: keepsHalfClosed, counted: counted).worstCase(of: rule)
    }
    // A suspicion or a challenge makes other detectors look earlier. Their evidence may challenge in turn.
    for _ in detectors {
      let before = said
      scenario.suspectedWithin = worstCase(policy.suspect, counting: .suspicious).deadBy
      ask(challenged: challenges(policy, said))
      if said == before { break }
    }
    var dead = worstCase(policy.dead, counting: .dead)
    if policy.conclusive == .wins {
      let conclusive = said.flatMap { name, all in all.map { (name, $0) } }.filter {
        $0.1.isConclusive && !($0.1.isHalfClose && keepsHalfClosed)
      }
      if let first = conclusive.map(\.1.by).min(), first <= dead.deadBy ?? WorstCase.forever {
        dead.deadBy = first
        dead.deciders = Set(conclusive.filter { $0.1.by == first }.map(\.0))
      }
    }
    var suspect = worstCase(policy.suspect, counting: .suspicious)
    if let deadBy = dead.deadBy, deadBy <= suspect.deadBy ?? WorstCase.forever { suspect = dead }
    let halfClosed = keepsHalfClosed ? halfClose(policy, said) : nil
    // What may happen at all: a detector without promises may accuse at once, and prove it.
    let accusing = leftOut.reduce(into: said) {
      $0[$1] = [PromisedEvidence(.dead, layer: .process, by: .zero)]
    }
    func mayCome(_ rule: Rule, counting counted: Leaning) -> Bool {
      guard !leftOut.isEmpty else { return false }
      let best = WorstCases(promises: accusing, keepsHalfClosed: keepsHalfClosed, counted: counted)
      return policy.conclusive == .wins || best.worstCase(of: rule).deadBy != nil
    }
    for name in leftOut { said[name] = nil }
    let earliest = Explanation.earliest(policy, detectors, scenario)

    let gravest = dead.deadBy != nil ? dead : suspect
    var causes: [Cause] = []
    for isOther in [false, true] {
      guard let cause = cause(gravest, said, isOther: isOther), !causes.contains(cause) else { continue }
      causes.append(cause)
    }
    if gravest.deadBy == nil, halfClosed != nil { causes = [.peerClosed] }
    return Promise(
      fault: scenario.fault, traffic: traffic, suspect: suspect.deadBy,
      suspectedBy: suspect.deciders.sorted(), dead: dead.deadBy, decidedBy: dead.deciders.sorted(),
      earliestSuspect: Explanation.telling(earliest.suspect, beside: suspect.deadBy),
      earliestDead: Explanation.telling(earliest.dead, beside: dead.deadBy),
      halfClosed: halfClosed, cause: causes.first, otherCauses: Array(causes.dropFirst()),
      maySuspect: mayCome(policy.suspect, counting: .suspicious),
      mayDie: mayCome(policy.dead, counting: .dead))
  }

  /// Times before which the policy's rules, and proofs, come to no verdict; `nil` for never.
  private static func earliest(
    _ policy: Policy, _ detectors: [any Detector], _ scenario: FaultScenario
  ) -> (suspect: Duration?, dead: Duration?) {
    let byName = Dictionary(zip(policy.detectors.map(\.name), detectors)) { first, _ in first }
    func earliest(_ name: DetectorName, _ accusation: Accusation) -> Duration? {
      // Without promises it may come at once.
      guard let detector = byName[name] as? any ExplainableDetector else { return .zero }
      return detector.earliest(accusation, in: scenario)
    }
    func rule(_ rule: Rule, _ counted: Leaning) -> Duration? {
      EarliestCases(bound: earliest, counted: counted).earliest(of: rule)
    }
    let proof = policy.conclusive == .wins ? byName.keys.compactMap { earliest($0, .proof) }.min() : nil
    let dead = [rule(policy.dead, .dead), proof].compactMap { $0 }.min()
    return ([rule(policy.suspect, .suspicious), dead].compactMap { $0 }.min(), dead)
  }

  /// An earliest time that says something, and that the latest time does not contradict.
  private static func telling(_ earliest: Duration?, beside latest: Duration?) -> Duration? {
    earliest.flatMap { $0 > .zero && $0 <= latest ?? WorstCase.forever ? $0 : nil }
  }

  /// Latest time at which a FIN is known as such, where it is no death: by proof, or where the dead rule would accept
  /// the claim.
  private static func halfClose(
    _ policy: Policy, _ said: [DetectorName: [PromisedEvidence]]
  ) -> Duration? {
    let proven = said.values.joined().filter { $0.isHalfClose && $0.isConclusive }.map(\.by).min()
    let claimed = WorstCases(promises: said, keepsHalfClosed: false, counted: .dead).worstCase(
      of: policy.dead)
    let rests = claimed.deciders.contains { said[$0]?.contains(where: \.isHalfClose) == true }
    return [proven, rests ? claimed.deadBy : nil].compactMap { $0 }.min()
  }

  /// Latest time at which each detector that confirms another is challenged.
  private static func challenges(
    _ policy: Policy, _ said: [DetectorName: [PromisedEvidence]]
  ) -> [DetectorName: Duration] {
    var challenged: [DetectorName: Duration] = [:]
    func collect(_ rule: Rule, _ counted: Leaning) {
      if case .confirm(let first, let second, _) = rule {
        // A FIN asks for confirmation even where it is no death.
        let worstCases = WorstCases(promises: said, keepsHalfClosed: false, counted: counted)
        if let asked = worstCases.worstCase(of: first).deadBy {
          for name in second.detectors { challenged[name] = min(challenged[name] ?? asked, asked) }
        }
      }
      var counted = counted
      if case .suspicious = rule { counted = .suspicious }
      for part in rule.parts { collect(part, counted) }
    }
    collect(policy.suspect, .suspicious)
    collect(policy.dead, .dead)
    return challenged
  }

  /// The cause of a verdict at its latest moment, as ``Classification`` derives it from the evidence by then.
  private static func cause(
    _ worst: WorstCase, _ said: [DetectorName: [PromisedEvidence]], isOther: Bool
  ) -> Cause? {
    guard let time = worst.deadBy else { return nil }
    var deciding: [Ballot] = []
    var standing: [Ballot] = []
    for (name, all) in said {
      let stands = all.filter { $0.by <= time && $0.until ?? WorstCase.forever > time }
      guard let last = stands.max(by: { ($0.by, $0.leaning) < ($1.by, $1.leaning) }) else { continue }
      // The cause of the kernel's end is read from the connection end, whichever detector accuses.
      let isEnd = last.leaning == .dead && last.layer == .connection && last.cause != nil
      let evidence = Evidence(
        last.leaning, layer: last.layer, cause: isOther ? last.otherCause ?? last.cause : last.cause,
        at: MonotonicTime(nanoseconds: 0) + last.by, isConclusive: last.isConclusive || isEnd,
        isHalfClose: last.isHalfClose, yieldsToNearerLayers: last.yieldsToNearerLayers)
      let ballot = Ballot(detector: name, evidence: evidence)
      standing.append(ballot)
      if worst.deciders.contains(name) { deciding.append(ballot) }
    }
    return Classification.cause(deciding: deciding, standing: standing)
  }
}
