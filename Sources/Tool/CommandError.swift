import Flatline

/// The reason why a command ends without its result: one line, and the exit status.
struct CommandError: Error {
  let status: ExitStatus
  /// Empty if there is no reader.
  let message: String

  /// Wrong usage: the place, the text found, the allowed forms, and the probable intention.
  static func usage(
    _ place: String, found: String, allowed: String, suggestion: String? = nil
  ) -> CommandError {
    policy(PolicyError(at: place, found: found, allowed: allowed, suggestion: suggestion))
  }

  static func policy(_ error: PolicyError) -> CommandError {
    CommandError(status: .usage, message: error.description)
  }

  static func failure(_ message: String) -> CommandError {
    CommandError(status: .failure, message: message)
  }

  /// A system call that should not have failed.
  static func system(_ call: String, _ error: Errno) -> CommandError {
    failure("\(call): \(error)")
  }
}
