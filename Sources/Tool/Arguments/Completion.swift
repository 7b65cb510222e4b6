/// The completions that a shell may offer for a value.
enum Completion: Hashable {
  case nothing
  case files
  case words([String])
  /// The names that `flatline policies` lists at that time, and files where those are allowed.
  case policies(orFiles: Bool)
}
