public import Flatline

/// What a run showed of one policy: what it found, how fast, and how it was mistaken.
public struct PolicyAccount: Sendable {
  /// A fault that was not always found.
  public struct Gap: Hashable, Sendable {
    /// The fault's name.
    public let fault: String
    /// The kinds of traffic under which some trial did not find it.
    public let traffic: [Traffic]
  }

  /// The policy's name.
  public let policy: String
  /// How many different faults it was tried against.
  public let faults: Int
  /// The faults that it did not find under every traffic tried.
  public let gaps: [Gap]
  /// The slowest death of a silent peer under each traffic tried; `nil` where one was not found.
  public let silence: [(traffic: Traffic, dead: Duration?)]
  /// The slowest death of a connection that the peer's kernel closed or reset; `nil` where none was found.
  public let ended: Duration?
  /// The troubles in which it called a living peer dead, against its promise.
  public let brokenIn: [String]
  /// The troubles in which it called a living peer dead, and promises nothing.
  public let beyondIn: [String]
  /// How many times it suspected a living peer in all trouble tried.
  public let suspicions: Int
  /// How long the living peers of all trouble tried were watched.
  public let life: Duration
  /// How many trials could not be made.
  public let failures: Int

  /// One for each policy, the fastest in silence first; those that do not find every silence come last.
  ///
  /// - Parameter records: of a run.
  public static func all(in records: [TrialRecord]) -> [PolicyAccount] {
    var order: [String] = []
    for record in records where !order.contains(record.trial.policy.name) {
      order.append(record.trial.policy.name)
    }
    let own = Dictionary(grouping: records) { $0.trial.policy.name }
    let accounts = order.map { PolicyAccount($0, own[$0] ?? []) }
    return accounts.enumerated().sorted { ($0.element.pace, $0.offset) < ($1.element.pace, $1.offset) }
      .map(\.element)
  }

  /// - Parameters:
  ///   - policy: its name.
  ///   - records: its own, of a run.
  init(_ policy: String, _ records: [TrialRecord]) {
    self.policy = policy
    failures = records.count { $0.result.failure != nil }
    let made = records.filter { $0.result.failure == nil }
    let struck = made.filter(\.trial.scenario.isFault)
    let troubled = made.filter { !$0.trial.scenario.isFault }
    faults = Set(struck.map(\.trial.scenario.name)).count
    gaps = PolicyAccount.gaps(struck)
    let silent = struck.filter(\.isCrash)
    silence = Traffic.allCases.compactMap { traffic -> (traffic: Traffic, dead: Duration?)? in
      let own = silent.filter { $0.trial.traffic == traffic }
      guard !own.isEmpty else { return nil }
      let times = own.compactMap { $0.time(of: .conviction) }
      return (traffic, times.count == own.count ? times.max() : nil)
    }
    ended = struck.filter(\.endsByKernel).compactMap { $0.time(of: .conviction) }.max()
    func names(_ isWanted: (Judgement) -> Bool) -> [String] {
      PolicyAccount.unique(troubled.filter { isWanted($0.judgement) }.map(\.trial.scenario.name))
    }
    brokenIn = names { if case .convicted = $0 { true } else { false } }
    beyondIn = names { if case .convictedBeyondPromise = $0 { true } else { false } }
    suspicions = troubled.reduce(0) { $0 + $1.result.mistakes(in: $1.trial.scenario, .suspicion).count }
    life = troubled.reduce(.zero) { $0 + $1.result.length }
  }

  private static func gaps(_ struck: [TrialRecord]) -> [Gap] {
    let missed = struck.filter { !$0.isFound }
    return unique(missed.map(\.trial.scenario.name)).map { fault in
      let own = Set(missed.filter { $0.trial.scenario.name == fault }.map(\.trial.traffic))
      return Gap(fault: fault, traffic: Traffic.allCases.filter(own.contains))
    }
  }

  private static func unique(_ names: [String]) -> [String] {
    names.reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The slowest death of a silent peer, for the order of policies.
  private var pace: Duration {
    let times = silence.compactMap(\.dead)
    guard !silence.isEmpty, times.count == silence.count else { return .seconds(1_000_000_000) }
    return times.max() ?? .zero
  }
}

extension TrialRecord {
  /// Whether the policy saw the fault, soon or late, by the right cause or not.
  fileprivate var isFound: Bool {
    switch judgement {
    case .right, .witnessMissing, .late, .suspectedLate, .early, .wrongCause: true
    case .missed, .blind, .notWithinRun, .convicted, .convictedBeyondPromise, .failed: false
    }
  }

  /// Whether the peer's kernel says that the connection is over.
  fileprivate var endsByKernel: Bool {
    guard case .dead(let causes) = trial.scenario.expectation(trial.traffic).demand else { return false }
    return causes.first == .peerClosed || causes.first == .peerReset
  }
}
