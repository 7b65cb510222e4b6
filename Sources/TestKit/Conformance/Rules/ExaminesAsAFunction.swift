import FlatlineCore

extension DetectorConformance {
  func examinesAsAFunction(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: Runs.length) { reasons in
        let look = run.look(reasons)
        var (state, copy) = (run.state, run.state)
        let opinions = (run.detector.examine(look, &state), run.detector.examine(look, &copy))
        let when = "with \(world.name), \(run.clock.now - run.start) after the beginning,"
        trial.require(
          opinions.0 == opinions.1,
          "\(when) of one look and one state it said \(opinions.0.story) and \(opinions.1.story)")
        if !haveEqualBytes(state, copy) {
          let states = (fields(of: state), fields(of: copy))
          trial.require(
            states.0 == states.1, "\(when) one look and one state left two: \(states.0) and \(states.1)")
        }
        return run.examine(look)
      }
    }
  }

  /// Whether two states are equal byte by byte. Unequal states may have equal fields, because of the gaps between them.
  private func haveEqualBytes(_ first: Method.State, _ second: Method.State) -> Bool {
    withUnsafeBytes(of: first) { first in withUnsafeBytes(of: second) { first.elementsEqual($0) } }
  }

  /// The content of a state, field by field.
  private func fields(of state: Method.State) -> String {
    var text = ""
    dump(state, to: &text, indent: 0)
    return text.split(separator: "\n").dropFirst().map { $0.drop { "-▿ ".contains($0) } }.joined(
      separator: ", ")
  }
}

extension Opinion {
  /// A short text for a story.
  fileprivate var story: String {
    let next =
      next.map { $0 == .never ? ", never to look again" : ", to look next at \($0.nanoseconds)" } ?? ""
    let time = evidence.map { " of \($0.time.nanoseconds)" } ?? ""
    return "\(evidence?.story, or: "nothing")\(time)\(next)"
      + (actions.isEmpty ? "" : ", with \(actions.count) actions")
  }
}
