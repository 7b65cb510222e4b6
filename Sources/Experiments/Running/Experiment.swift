public import Flatline
import FlatlineLab
import FlatlineTestKit
import Synchronization

/// Runs trials. Trials of one scenario and traffic share a lab and a fault, as far as ``Scenario/company`` allows. Labs
/// run side by side.
public struct Experiment: Sendable {
  /// The progress of a run.
  public struct Progress: Sendable {
    /// Finished labs.
    public var finished: Int
    /// All labs.
    public var total: Int
    /// The name of the latest finished session.
    public var latest: String
    /// The records of the finished labs.
    public var records: [TrialRecord]
  }

  /// The result of a run.
  public struct Outcome: Sendable {
    /// In the order of the trials.
    public var records: [TrialRecord]
    /// The delay that the labs' forwarders added to a packet: the median over the labs of each one's median.
    public var forwarderDelay: Duration?
    /// How late this machine woke a thread during the run: one wake-up in a hundred was later than this.
    public var lateness: Duration?
  }

  private let sessions: [Session]
  private let promises: [Promise]
  private let places: [[Int]]
  private let trials: [Trial]
  private let parallelism: Int

  /// - Parameters:
  ///   - trials: in the order of their records.
  ///   - seed: decides every random draw.
  ///   - parallelism: the most labs at a time.
  ///   - life: how long a living connection is watched in its trouble.
  ///   - patience: the longest promise that the run waits for.
  ///   - vigil: the wait for a death that no promise covers within `patience`.
  ///   - registry: the detectors that policies may name.
  public init(
    _ trials: [Trial], seed: UInt64, parallelism: Int, life: Duration = .seconds(60),
    patience: Duration = .seconds(100), vigil: Duration = .seconds(3), registry: DetectorRegistry = .builtIn
  ) {
    self.trials = trials
    self.parallelism = max(1, parallelism)
    var explanations = Explanations(registry)
    promises = trials.map { explanations.promise(of: $0) }
    let beginnings = trials.map { explanations.beginning(of: $0) }
    let spans = trials.map { explanations.longestPromise(of: $0, within: patience) }
    var groups: [String: [Int]] = [:]
    var order: [String] = []
    for (index, trial) in trials.enumerated() {
      let key = trial.circumstances + trial.company(index, promises[index])
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(index)
    }
    let gate = LabGate()
    var planned: [(session: Session, places: [Int])] = []
    for key in order {
      // In the order of the connections' beginnings.
      guard let places = groups[key]?.sorted(by: { (beginnings[$0].delay, $0) < (beginnings[$1].delay, $1) }),
        let first = places.first
      else { continue }
      let trial = trials[first]
      let lengths = places.map { place in
        let scenario = trials[place].scenario
        guard scenario.isFault else { return scenario.life ?? life }
        // Long enough for every promise within `patience`.
        return spans[place].map { $0 * 1.2 + .seconds(1) } ?? vigil
      }
      planned.append(
        (
          Session(
            trials: places.map { trials[$0] }, scenario: trial.scenario, traffic: trial.traffic,
            peer: trial.peer,
            conditions: trial.conditions, seed: SeededGenerator.seed(seed, for: trial.circumstances),
            registry: registry,
            beginnings: places.map { beginnings[$0] }, lengths: lengths, gate: gate), places
        ))
    }
    // The longest first, so that none of them starts last.
    planned.sort { $0.session.longest > $1.session.longest }
    sessions = planned.map(\.session)
    places = planned.map(\.places)
  }

  /// The number of labs.
  public var labs: Int { sessions.count }

  /// The approximate duration of the run.
  public var estimate: Duration {
    // Each worker takes the next session when it has finished one, the longest first.
    var workers = [Duration](repeating: .zero, count: parallelism)
    for session in sessions {
      guard let index = workers.indices.min(by: { workers[$0] < workers[$1] }) else { continue }
      workers[index] += session.longest + .seconds(3)
    }
    return workers.max() ?? .zero
  }

  /// Runs all of it. Blocks.
  ///
  /// - Parameters:
  ///   - isCancelled: asked every few milliseconds, on several threads.
  ///   - onProgress: called after each lab, by one thread at a time.
  /// - Returns: `nil` when cancelled.
  public func run(
    isCancelled: @escaping @Sendable () -> Bool = { false },
    onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) -> Outcome? {
    struct State {
      var next = 0
      var finished = 0
      var records: [Int: TrialRecord] = [:]
      var delays: [Duration] = []
    }
    let state = SharedState(State())
    let meter = LatenessMeter()
    let threads = (0..<min(parallelism, sessions.count)).compactMap { number in
      // If the machine has no more threads, the existing ones share the sessions.
      try? NamedThread("lab \(number)") {
        // Spreads the building of the labs.
        NamedThread.sleep(.milliseconds(50) * number)
        while !isCancelled() {
          let index = state.value.withLock { state in
            defer { state.next += 1 }
            return state.next
          }
          guard index < sessions.count else { return }
          guard let outcome = sessions[index].run(isCancelled) else { return }
          let made = zip(places[index], outcome.results).map { place, result in
            (place, TrialRecord(trials[place], promise: promises[place], result: result))
          }
          state.value.withLock { state in
            for (place, record) in made { state.records[place] = record }
            state.finished += 1
            if let delay = outcome.forwarder { state.delays.append(delay.median) }
            onProgress(
              Progress(
                finished: state.finished, total: sessions.count, latest: sessions[index].name,
                records: made.map(\.1)))
          }
        }
      }
    }
    for thread in threads { thread.join() }
    let lateness = meter.end()
    let (records, delays) = state.value.withLock { ($0.records, $0.delays.sorted()) }
    let ordered = trials.indices.compactMap { records[$0] }
    guard ordered.count == trials.count else { return nil }
    return Outcome(
      records: ordered, forwarderDelay: delays.isEmpty ? nil : delays[delays.count / 2],
      lateness: lateness)
  }
}

extension Duration {
  fileprivate static func * (duration: Duration, factor: Double) -> Duration {
    .nanoseconds(Int64(Double(duration.clampedNanoseconds) * factor))
  }
}

extension Trial {
  /// The properties that all trials of one lab have in common; they decide its random draws. A trial with a lab of its
  /// own gets the same draws, so that only the beginnings differ.
  fileprivate var circumstances: String {
    "\(scenario.name) \(traffic)\(pings ? " pings" : "") \(conditions) \(repetition)"
  }

  /// The group of these trials that shares its lab.
  fileprivate func company(_ index: Int, _ promise: Promise) -> String {
    switch scenario.company {
    case .everyone: return ""
    case .nobody: return " \(index)"
    case .apart(let detector, let time):
      guard policy.uses(detector) else { return "" }
      return promise.suspect.map { $0 < time } ?? false ? " \(index)" : " \(detector)"
    }
  }
}
