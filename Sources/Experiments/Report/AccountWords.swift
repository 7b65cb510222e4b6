import Flatline

/// An account in sentences.
public enum AccountWords {
  /// What it finds, how fast, and how it is mistaken.
  ///
  /// - Parameter account: of one policy.
  public static func sentences(_ account: PolicyAccount) -> String {
    [finds(account), speed(account), mistakes(account), failures(account)].compactMap { $0 }
      .joined(separator: " ")
  }

  /// More names than these are counted.
  private static let shown = 5

  private static func finds(_ account: PolicyAccount) -> String? {
    guard account.faults > 0 else { return nil }
    let faults = account.faults == 1 ? "the one fault" : "all \(account.faults) faults"
    guard !account.gaps.isEmpty else { return "Finds \(faults) tried." }
    let gaps = account.gaps.map { gap in
      "\(gap.fault) (\(gap.traffic.map(\.rawValue).joined(separator: ", ")))"
    }
    let found = account.faults - account.gaps.count
    return "Finds \(found) of \(account.faults) faults under all traffic tried; not always: \(list(gaps))."
  }

  private static func speed(_ account: PolicyAccount) -> String? {
    let found = account.silence.compactMap { traffic, dead in
      dead.map { "\(ReportWords.duration($0)) \(traffic.rawValue)" }
    }
    let lost = account.silence.filter { $0.dead == nil }.map(\.traffic.rawValue)
    var parts: [String] = []
    if !found.isEmpty { parts.append("a silent peer is dead after at most \(found.joined(separator: ", "))") }
    if !lost.isEmpty { parts.append("some silence is not found (\(lost.joined(separator: ", ")))") }
    if let ended = account.ended {
      parts.append("a closed or reset connection after at most \(ReportWords.duration(ended))")
    }
    return parts.isEmpty ? nil : capitalized(parts.joined(separator: "; ")) + "."
  }

  private static func mistakes(_ account: PolicyAccount) -> String? {
    guard account.life > .zero else { return nil }
    var parts: [String] = []
    if !account.brokenIn.isEmpty {
      parts.append("called a living peer dead against its promise in \(list(account.brokenIn))")
    }
    if !account.beyondIn.isEmpty {
      parts.append(
        "called a living peer dead in \(list(account.beyondIn)), which it does not promise to survive")
    }
    if parts.isEmpty { parts.append("called no living peer dead") }
    let suspicions =
      switch account.suspicions {
      case 0: "no suspicion"
      case 1: "1 suspicion"
      default: "\(account.suspicions) suspicions"
      }
    return capitalized(parts.joined(separator: "; "))
      + "; \(suspicions) in \(ReportWords.duration(account.life)) of trouble."
  }

  private static func failures(_ account: PolicyAccount) -> String? {
    guard account.failures > 0 else { return nil }
    return account.failures == 1
      ? "1 trial could not be made." : "\(account.failures) trials could not be made."
  }

  private static func list(_ names: [String]) -> String {
    let more = names.count - shown
    guard more > 1 else { return names.joined(separator: ", ") }
    return names.prefix(shown).joined(separator: ", ") + " and \(more) more"
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
