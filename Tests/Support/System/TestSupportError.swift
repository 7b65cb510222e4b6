import Glibc

/// Why the stage of a test could not be set.
public enum TestSupportError: Error, Sendable, Equatable {
  /// A call of the C library failed.
  case systemCall(String, errno: Int32)
  /// A program ended with a status other than 0, or not at all.
  case command(String, input: String, said: String)
  /// Something did not happen in time.
  case timedOut(waitingFor: String)
}

extension TestSupportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .systemCall(let call, let errno):
      "\(call) failed: \(String(cString: strerror(errno)))"
    case .command(let command, let input, let said):
      "`\(command)` failed: \(said)" + (input.isEmpty ? "" : "\nits input was:\n\(input)")
    case .timedOut(let event):
      "timed out waiting for \(event)"
    }
  }
}
