/// What the program at the server's end does with what it receives.
public enum ServerBehaviour: Sendable, Equatable {
  /// Nothing: it does not even read.
  case silent
  /// Reads and forgets.
  case drains
  /// Sends every byte back.
  case echoes
}

extension ServerBehaviour {
  /// The answer to `received`.
  func answer(to received: ArraySlice<UInt8>) -> [UInt8] {
    switch self {
    case .silent, .drains: []
    case .echoes: Array(received)
    }
  }
}
