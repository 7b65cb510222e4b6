import Flatline

/// The whole run in a few numbers.
struct SummarySection {
  private let records: [TrialRecord]

  init(_ records: [TrialRecord]) {
    self.records = records
  }

  var markup: Markup {
    guard !records.isEmpty else { return "" }
    let wrong = records.count { $0.judgement.isWrong }
    let convicted = records.count { if case .convicted = $0.judgement { true } else { false } }
    let beyond = records.count { if case .convictedBeyondPromise = $0.judgement { true } else { false } }
    let faults = Set(records.map(\.trial.scenario.name)).count
    let policies = Set(records.map(\.trial.policy.name)).count
    let promises = PromiseTable(records)
    return """
      <ul class="tiles">
      \(tile(records.count, records.count == 1 ? "trial" : "trials"))
      \(tile(faults, faults == 1 ? "fault or trouble" : "faults and troubles"))
      \(tile(policies, policies == 1 ? "policy" : "policies"))
      \(tile(wrong, "not as promised"))
      \(tile(promises.count(.broken), "promised times broken"))
      \(tile(convicted, "live peers convicted against a promise"))
      \(tile(beyond, "live peers convicted beyond any promise"))
      </ul>
      """
  }

  private func tile(_ count: Int, _ what: String) -> Markup { "<li><b>\(count)</b> \(what)</li>\n" }
}
