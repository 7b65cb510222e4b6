import Flatline
import FlatlineLab
import FlatlineTestKit
import Synchronization

/// One lab, one fault, and every trial that shares them: the fault strikes all at the same moment.
struct Session: Sendable {
  /// At least one, all of one scenario, traffic and repetition.
  let trials: [Trial]
  let scenario: Scenario
  let traffic: Traffic
  let peer: PeerBehaviour
  let conditions: Conditions
  let seed: UInt64
  let registry: DetectorRegistry
  /// When each trial's connection begins, the earliest first.
  let beginnings: [Beginning]
  /// How long each trial's watch goes on after the fault at most.
  let lengths: [Duration]
  let gate: LabGate

  /// How long after a fault no lab is built, struck or taken down: immediate verdicts come within this time.
  private static let hush = Duration.milliseconds(300)
  /// The duration of samples that fall on a common moment.
  private static let sampling = Duration.milliseconds(2)
  /// Between the strikes on single connections with data in flight: a fifth of the time between most policies' samples.
  private static let spacing = Duration.milliseconds(10)
  private static let tick = Duration.milliseconds(50)
  /// The wait after the last verdict, for events that follow it closely.
  private static let afterglow = Duration.milliseconds(200)

  /// The longest time after the fault.
  var longest: Duration { lengths.max() ?? .zero }

  /// Its name in a few words.
  var name: String { "\(scenario.name), \(traffic.rawValue)" }

  /// Makes the lab, the connections and the fault, and watches. Blocks.
  ///
  /// - Parameter isCancelled: asked every few milliseconds; a cancelled session has no results.
  func run(_ isCancelled: @Sendable () -> Bool) -> Outcome? {
    do throws(TrialFailure) {
      return try outcome(isCancelled)
    } catch {
      let failed = TrialResult(quiet: .zero, length: .zero, events: [], failure: error.description)
      return Outcome(results: trials.map { _ in failed }, forwarder: nil)
    }
  }

  /// The result of a session.
  struct Outcome {
    /// In the order of the trials.
    let results: [TrialResult]
    let forwarder: ForwarderDelay?
  }

  private func outcome(_ isCancelled: @Sendable () -> Bool) throws(TrialFailure) -> Outcome? {
    let lab: Lab
    do throws(LabError) {
      lab = try gate.change { () throws(LabError) in
        try Lab(seed: seed, conditions: conditions.path, behaviour: peer, cables: scenario.fault.cables)
      }
    } catch {
      throw TrialFailure(error)
    }
    defer { gate.change { lab.close() } }
    let turner = try MonitorTurner(
      registry: registry, netlink: lab.client.netlinkOpening, isHeld: scenario.fault.suspendsWatcher != nil)
    defer { turner.end() }
    var watched: [WatchedConnection] = []
    defer { for each in watched { each.close() } }
    // All connections are made before the first watch begins, so that only their own delays separate the watches.
    for (trial, connection) in zip(trials, try connections(lab)) {
      watched.append(try WatchedConnection(trial, connection, on: turner.monitor))
    }
    try setScene(watched, lab)
    guard wait(until: .now() + settling, isCancelled, { false }) else { return nil }
    // The phases of a policy are apart from each other, not from another policy's.
    var starts: [Policy: MonotonicTime] = [:]
    var begun = MonotonicTime.now()
    for (index, beginning) in beginnings.enumerated() {
      let now = MonotonicTime.now()
      let start = starts[trials[index].policy] ?? now - beginning.delay
      starts[trials[index].policy] = start
      let time = beginning.time(from: start, now: now)
      guard wait(until: time, isCancelled, { false }) else { return nil }
      try watched[index].begin()
      begun = max(begun, time - beginning.delay + beginning.period)
    }

    guard wait(until: begun + quiet, isCancelled, { false }) else { return nil }
    let (strikes, asleep) = try gate.strike { () throws(TrialFailure) in
      waitForLongest(watched)
      let asleep = turner.monitor.timeAsleep
      let strikes = try strike(watched, lab, turner)
      NamedThread.sleep(scenario.isFault ? Session.hush : .zero)
      return (strikes, asleep)
    }
    guard try bear(watched, lab, turner, from: strikes.last?.inForce ?? .now(), isCancelled) else {
      return nil
    }
    let now = MonotonicTime.now()
    let results = zip(watched, strikes).map { each, struck in
      TrialResult(
        quiet: struck.began - each.start, length: now - struck.began, doubt: struck.inForce - struck.began,
        events: each.log.events(from: struck.began, asleep: asleep))
    }
    return Outcome(results: results, forwarder: lab.path.forwarderDelay())
  }

  private func connections(_ lab: Lab) throws(TrialFailure) -> [LabConnection] {
    do throws(LabError) {
      return try scenario.fault.connect(lab, trials.count)
    } catch {
      throw TrialFailure(error)
    }
  }

  /// The lab goes with the scene: nothing is undone.
  private func setScene(_ watched: [WatchedConnection], _ lab: Lab) throws(TrialFailure) {
    do throws(LabError) {
      try scenario.fault.setScene(lab, on: watched.map(\.connection))
    } catch {
      throw TrialFailure(error)
    }
  }

  /// Waits for the moment of the fault at which samples take the longest to find it. For a fault that shows at once, this
  /// is right after an aligned sample. For a fault that shows at the next write, it is right after a write: of those ahead,
  /// the one closest behind an aligned sample.
  private func waitForLongest(_ watched: [WatchedConnection]) {
    guard scenario.isFault else { return }
    let period = trials.compactMap(\.policy.alignedPeriod).max()
    if traffic == .inFlight, scenario.faultClass.effect == .forgotten(after: .zero) {
      let grid = period ?? TCPInfoDetector.Defaults.activePeriod
      let write = watched.compactMap(\.connection.nextWrite)
        .min { $1.roundedUp(toMultipleOf: grid) - $1 < $0.roundedUp(toMultipleOf: grid) - $0 }
      if let write { NamedThread.sleep(write + Session.sampling - .now()) }
    } else if let period {
      waitForAlignedSample(of: period)
    }
  }

  /// Waits until just after the next aligned sample.
  private func waitForAlignedSample(of period: Duration) {
    let now = MonotonicTime.now()
    NamedThread.sleep(now.roundedUp(toMultipleOf: period) + Session.sampling - now)
  }

  /// How long the connections are idle before the watch. The handshakes, all at one time, count as traffic for that
  /// long and would otherwise decide the sample times.
  private var settling: Duration {
    traffic == .idle ? TCPInfoDetector.Defaults.idlePeriod : .zero
  }

  /// How long no fault occurs at first. Long enough for a heartbeat to learn, where there is one. Different in each
  /// run, so that the fault meets the timers at different points.
  private var quiet: Duration {
    let learning = trials.filter(\.pings).compactMap(\.policy.heartbeatInterval).max() ?? .zero
    var generator = SeededGenerator(seed: seed)
    // An idle connection has nothing to learn, and a fresh connection's timers are farthest from their end.
    let least = Duration.milliseconds(traffic == .idle ? 600 : 1200)
    return least + min(learning * 3, .seconds(6))
      + .milliseconds(Int.random(in: 0..<700, using: &generator))
  }

  /// Waits so that strikes meet samples at different points, or come right after aligned samples.
  private func pause(before trial: Trial) {
    if let period = trial.policy.alignedPeriod {
      waitForAlignedSample(of: period)
    } else {
      NamedThread.sleep(Session.spacing)
    }
  }

  /// The phases of one policy one after the other, the last begun first: strikes in the order of the beginnings would
  /// all meet the same point of the timers.
  private var strikeOrder: [Int] {
    trials.indices.sorted {
      (trials[$0].policy.name, trials[$1].phase) < (trials[$1].policy.name, trials[$0].phase)
    }
  }

  /// Makes the fault: once for all connections, or separately for each. Returns one strike per connection.
  private func strike(
    _ watched: [WatchedConnection], _ lab: Lab, _ turner: MonitorTurner
  ) throws(TrialFailure) -> [Strike] {
    if let pause = scenario.fault.suspendsWatcher { turner.hold(for: pause) }
    do throws(LabError) {
      guard scenario.isEach else {
        let struck = try lab.strike(scenario.fault, on: watched.map(\.connection))
        return watched.map { _ in struck }
      }
      var strikes: [Int: Strike] = [:]
      for index in strikeOrder {
        if traffic == .inFlight { pause(before: trials[index]) }
        strikes[index] = try lab.strike(scenario.fault, on: watched[index].connection)
      }
      return watched.indices.compactMap { strikes[$0] }
    } catch {
      throw TrialFailure(error)
    }
  }

  /// Waits to the end; passing trouble repeats. False when cancelled.
  private func bear(
    _ watched: [WatchedConnection], _ lab: Lab, _ turner: MonitorTurner, from fault: MonotonicTime,
    _ isCancelled: @Sendable () -> Bool
  ) throws(TrialFailure) -> Bool {
    let end = fault + (lengths.max() ?? .zero)
    let ends = zip(watched, lengths).map { (log: $0.log, end: fault + $1) }
    let isFault = scenario.isFault
    @Sendable func isDone() -> Bool {
      let now = MonotonicTime.now()
      return isFault && ends.allSatisfy { $0.log.isOver || now >= $0.end }
    }
    while MonotonicTime.now() < end {
      let next = scenario.period.map { min(end, MonotonicTime.now() + $0) } ?? end
      guard wait(until: next, isCancelled, isDone) else { return false }
      if isDone() { return wait(until: .now() + Session.afterglow, isCancelled, { false }) }
      if next < end { _ = try strike(watched, lab, turner) }
    }
    return true
  }

  /// False when cancelled.
  private func wait(
    until deadline: MonotonicTime, _ isCancelled: @Sendable () -> Bool, _ isDone: @Sendable () -> Bool
  ) -> Bool {
    while MonotonicTime.now() < deadline, !isDone() {
      if isCancelled() { return false }
      NamedThread.sleep(min(Session.tick, deadline - .now()))
    }
    return true
  }
}

extension Policy {
  /// The ping interval, if the policy has a heartbeat that learns; the built-in default if the policy names none.
  fileprivate var heartbeatInterval: Duration? {
    guard let use = detectors.first(where: { $0.method == HeartbeatDetector.name }),
      let estimator = use.settings["estimator"], estimator != .text("fixed")
    else { return nil }
    guard case .text(let text) = use.settings["interval"] else { return .milliseconds(500) }
    return DurationText.duration(text)
  }
}
