/// The exit status of `flatline`.
enum ExitStatus: Int32 {
  /// Done; for a watch: alive at the end of its time, or interrupted.
  case success = 0
  /// No connection, or no output; for the demo: a verdict that was not the expected one; for a trial: a broken rule.
  case failure = 1
  /// Wrong usage, or a wrong policy.
  case usage = 2
  /// The watched connection is dead.
  case dead = 3
  /// Interrupted before there was a result: the status that a shell gives for SIGINT.
  case interrupted = 130
  /// The output has no reader any more: the status that a shell gives for SIGPIPE.
  case brokenPipe = 141

  var code: Int32 { rawValue }
}
