/// What a shell may offer for a value that is typed.
enum Completion: Hashable {
  case nothing
  case files
  case words([String])
  /// The names that `flatline policies` lists when asked, and files where those are allowed.
  case policies(orFiles: Bool)
}
