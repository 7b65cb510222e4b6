import Flatline

/// The answer to "which policy should I take?": a row a policy, a few sentences each.
struct ChoiceSection {
  private let accounts: [PolicyAccount]

  init(_ records: [TrialRecord]) {
    accounts = PolicyAccount.all(in: records)
  }

  var markup: Markup {
    guard !accounts.isEmpty else { return "" }
    return """
      <h2 id="choice">Which policy?</h2>
      <p class="small">The fastest in silence first; those that do not find every silence last. Take the first that finds
      what you fear and makes no mistake in the trouble that your network has.</p>
      <div class="scroll" role="region" aria-labelledby="choice" tabindex="0"><table class="choice">
      <caption>What each policy finds, how fast, and how it is mistaken</caption>
      <thead><tr><th scope="col">policy</th><th scope="col">in this run</th></tr></thead><tbody>
      \(accounts.map(row))</tbody></table></div>
      """
  }

  private func row(_ account: PolicyAccount) -> Markup {
    "<tr><th scope=\"row\">\(account.policy)</th><td>\(AccountWords.sentences(account))</td></tr>\n"
  }
}
