import FlatlineCHeader
import FlatlineCore

/// A wrong value in an opinion of a detector in C.
struct WrongValue: Error, CustomStringConvertible {
  let member: String
  let found: String
  let allowed: String

  init(_ member: String, _ found: String, _ allowed: String) {
    self.member = member
    self.found = found
    self.allowed = allowed
  }

  var description: String { "opinion.\(member): found \(found); allowed: \(allowed)" }
}

extension flatline_opinion {
  /// The opinion, checked.
  ///
  /// - Throws: ``WrongValue`` for the first wrong value.
  func checked(_ look: borrowing Look, _ needs: Needs) throws(WrongValue) -> Opinion {
    Opinion(
      try evidence(look), next: next_ns == 0 ? nil : MonotonicTime(nanoseconds: next_ns),
      actions: action_count == 0 ? [] : try actions(needs))
  }

  private func evidence(_ look: borrowing Look) throws(WrongValue) -> Evidence? {
    let leaning: Leaning
    switch Int(self.leaning) {
    case FLATLINE_UNCHANGED: return nil
    case FLATLINE_ABSTAINS: leaning = .abstaining
    case FLATLINE_LEANS_ALIVE: leaning = .alive
    case FLATLINE_LEANS_SUSPICIOUS: leaning = .suspicious
    case FLATLINE_LEANS_DEAD: leaning = .dead
    case FLATLINE_SHOWS_END:
      guard let end = look.end else {
        throw WrongValue("leaning", "FLATLINE_SHOWS_END", "another one where look.end is FLATLINE_OPEN")
      }
      var evidence = end.evidence(at: look.now)
      evidence.notes = try facts()
      return evidence
    default:
      throw WrongValue(
        "leaning", "\(self.leaning)", "FLATLINE_UNCHANGED to FLATLINE_SHOWS_END, 0 to \(FLATLINE_SHOWS_END)")
    }
    guard time_ns <= look.now.nanoseconds else {
      throw WrongValue("time_ns", "\(time_ns - look.now.nanoseconds) ns after the look", "not later than it")
    }
    guard let cause = CText.text(in: self.cause) else {
      throw WrongValue("cause", "other bytes", "UTF-8 on one line, ended by a NUL")
    }
    let accuses = leaning > .alive
    return Evidence(
      leaning, layer: try layer(), cause: accuses && !cause.isEmpty ? Cause(rawValue: cause) : nil,
      at: MonotonicTime(nanoseconds: time_ns),
      lifetime: lifetime_ns == 0 ? nil : .nanoseconds(Int64(clamping: lifetime_ns)),
      isConclusive: is_conclusive != 0, isHalfClose: is_half_close != 0,
      readiness: readiness == 0 ? nil : Readiness(rawValue: readiness),
      tcpInfo: rests_on_reading != 0 ? look.tcpInfo : nil, notes: try facts(),
      yieldsToNearerLayers: yields != 0)
  }

  private func layer() throws(WrongValue) -> Layer {
    switch Int(layer) {
    case FLATLINE_LAYER_CONNECTION: .connection
    case FLATLINE_LAYER_PROCESS: .process
    case FLATLINE_LAYER_HOST: .host
    case FLATLINE_LAYER_PATH: .path
    case FLATLINE_LAYER_LINK: .link
    default:
      throw WrongValue(
        "layer", "\(layer)",
        "FLATLINE_LAYER_CONNECTION to FLATLINE_LAYER_LINK, 0 to \(FLATLINE_LAYER_LINK)")
    }
  }

  private func facts() throws(WrongValue) -> [Fact] {
    guard fact_count > 0 else { return [] }
    guard fact_count <= FLATLINE_MOST_FACTS else {
      throw WrongValue("fact_count", "\(fact_count)", "at most \(FLATLINE_MOST_FACTS)")
    }
    let raw = withUnsafeBytes(of: facts) {
      Array($0.bindMemory(to: flatline_fact.self).prefix(Int(fact_count)))
    }
    var facts: [Fact] = []
    for (index, fact) in raw.enumerated() { facts.append(try fact.checked(at: "facts[\(index)]")) }
    return facts
  }

  private func actions(_ needs: Needs) throws(WrongValue) -> [Action] {
    guard action_count <= FLATLINE_MOST_ACTIONS else {
      throw WrongValue("action_count", "\(action_count)", "at most \(FLATLINE_MOST_ACTIONS)")
    }
    let raw = withUnsafeBytes(of: actions) {
      Array($0.bindMemory(to: flatline_action.self).prefix(Int(action_count)))
    }
    var actions: [Action] = []
    for (index, action) in raw.enumerated() {
      switch Int(action.kind) {
      case FLATLINE_PING: actions.append(.ping)
      case FLATLINE_SET:
        let option = SocketOption(level: action.level, name: action.name)
        guard needs.options.contains(where: { $0.option == option }) else {
          throw WrongValue("actions[\(index)]", "\(option)", "an option that needs.options declares")
        }
        actions.append(.set(option, to: action.value))
      default:
        throw WrongValue("actions[\(index)].kind", "\(action.kind)", "FLATLINE_PING or FLATLINE_SET")
      }
    }
    return actions
  }
}

extension flatline_fact {
  fileprivate func checked(at place: String) throws(WrongValue) -> Fact {
    guard let name = CText.text(in: self.name), !name.isEmpty else {
      throw WrongValue("\(place).name", "no text", "UTF-8 on one line, ended by a NUL")
    }
    switch Int(kind) {
    case FLATLINE_COUNT: return .count(name, value.integer)
    case FLATLINE_LEVEL: return .level(name, value.number)
    case FLATLINE_SPAN: return .duration(name, .nanoseconds(value.integer))
    case FLATLINE_TEXT:
      guard let text = CText.text(in: text) else {
        throw WrongValue("\(place).text", "no text", "UTF-8 on one line, ended by a NUL")
      }
      return .text(name, text)
    default: throw WrongValue("\(place).kind", "\(kind)", "FLATLINE_COUNT to FLATLINE_TEXT, 0 to 3")
    }
  }
}
