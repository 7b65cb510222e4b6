/// What `flatline` tells its caller by ending.
enum ExitStatus: Int32 {
  /// Done; for a watch: alive at the end of its time, or interrupted.
  case success = 0
  /// No connection, or no output; for the demo: a verdict that was not the expected one.
  case failure = 1
  /// Wrong usage, or a wrong policy.
  case usage = 2
  /// The watched connection is dead.
  case dead = 3
  /// Interrupted before there was a result: as a shell says it of SIGINT.
  case interrupted = 130
  /// Nobody reads the output any more: as a shell says it of SIGPIPE.
  case brokenPipe = 141

  var code: Int32 { rawValue }
}
