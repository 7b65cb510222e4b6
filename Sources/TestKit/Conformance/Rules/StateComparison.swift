/// The differences between two states of a detector; `nil` for none.
///
/// - Returns: the content of both, field by field.
func difference<State: BitwiseCopyable>(_ first: State, _ second: State) -> (String, String)? {
  // Equal byte by byte, or else field by field: unequal bytes may be in the gaps between fields.
  let haveEqualBytes = withUnsafeBytes(of: first) { first in
    withUnsafeBytes(of: second) { first.elementsEqual($0) }
  }
  guard !haveEqualBytes else { return nil }
  let texts = (fields(of: first), fields(of: second))
  return texts.0 == texts.1 ? nil : texts
}

private func fields<State>(of state: State) -> String {
  var text = ""
  dump(state, to: &text, indent: 0)
  return text.split(separator: "\n").dropFirst().map { $0.drop { "-▿ ".contains($0) } }.joined(
    separator: ", ")
}
