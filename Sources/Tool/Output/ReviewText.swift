import Flatline

/// The results of a policy's review, one line each.
enum ReviewText {
  /// Warnings first.
  static func lines(_ review: PolicyReview) -> [(gravity: TimerConflict.Gravity, text: String)] {
    let warnings =
      review.unreachable.map { "\($0.place): \($0.found)" } + review.idleTerms.map(\.description)
    let idle = review.idleTerms.map(\.place)
    let harmless = review.neverDead.filter { term in
      !idle.contains { term.place == $0 || term.place.hasPrefix($0 + ".") }
    }
    let notes =
      harmless.map(\.description.inOneLine)
      + review.unsearched.map {
        "\($0.inOneLine): too many combinations of ballots to find the terms that change nothing"
      }
    return warnings.map { (.warning, $0.inOneLine) } + notes.map { (.note, $0) }
  }
}
