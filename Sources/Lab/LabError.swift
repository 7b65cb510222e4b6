public import FlatlineCore

/// The reason why the lab could not do something, in one line.
@nonexhaustive
public enum LabError: Error, Sendable, Hashable {
  /// The kernel does not let this process make namespaces. The text names the setting to change.
  case namespacesNotAllowed(String)
  /// A system call failed: the attempted action and its error.
  case systemCall(String, Errno)
  /// The lab is closed, or the process that holds its namespaces has ended.
  case closed
  /// Something did not happen in time.
  case timedOut(waitingFor: String)
  /// A value outside of the allowed range. The text gives the allowed values.
  case invalid(String)
  /// No fault has that name.
  case unknownFault(String, suggestion: String?)
}

extension LabError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .namespacesNotAllowed(let advice): advice
    case .systemCall(let call, let errno): "\(call): \(errno)"
    case .closed: "the lab is closed"
    case .timedOut(let event): "timed out waiting for \(event)"
    case .invalid(let text): text
    case .unknownFault(let name, let suggestion):
      "no fault is called \"\(name)\""
        + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "; `Fault.all` has the names")
    }
  }
}
