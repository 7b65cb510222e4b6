import Flatline

/// What the program that runs a command brings: its name, its detectors and its heartbeat protocols.
struct ToolSurroundings: Sendable {
  /// The program's name, for messages, usages and completions.
  var program: String
  /// The detectors that policies may name.
  var registry: DetectorRegistry
  /// The heartbeat protocols that a watch may speak.
  var protocols: HeartbeatProtocols

  /// The policies that this program finds.
  var library: PolicyLibrary { PolicyLibrary(registry: registry) }

  /// Writes one line about a command to standard error.
  func complain(_ command: String, _ text: String) {
    StandardStreams.complain("\(program) \(command): \(text)")
  }
}
