public import FlatlineLab
public import Glibc

/// A program run beside the test, on a lab's host if asked, never left behind: it is killed when this value goes and
/// when the test process ends in whatever way.
public final class ChildProcess: Sendable {
  /// A line of standard output or standard error.
  public struct Line: Sendable, Equatable {
    public enum Stream: Sendable { case output, error }

    public let text: String
    public let stream: Stream
    /// When its line end was read, by CLOCK_MONOTONIC.
    public let arrival: SuspendingClock.Instant
  }

  public enum Ending: Sendable, Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  public let pid: pid_t
  private let run: ChildRun

  /// Starts `program`: a path, or a name that is looked for along PATH. `environment` is ours unless given.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    on host: FlatlineLab.Host? = nil
  ) throws {
    run = try ChildRun(program) {
      if let host { return try Child(program, arguments, environment: environment, on: host) }
      return try Child(program, arguments, environment: environment)
    }
    pid = run.pid
  }

  deinit {
    kill()
    run.waitForEnding(timeout: .seconds(10))
  }

  /// What it has said so far.
  public var lines: [Line] { run.lines }

  /// Asks it to end (SIGTERM).
  public func terminate() { run.send(SIGTERM) }

  /// Ends it (SIGKILL), frozen or not.
  public func kill() {
    resume()
    run.send(SIGKILL)
  }

  /// Stops it in its tracks (SIGSTOP); its kernel still answers for it.
  public func freeze() { run.send(SIGSTOP) }

  /// Lets it go on after ``freeze()`` (SIGCONT).
  public func resume() { run.send(SIGCONT) }

  @discardableResult
  public func waitForExit(timeout: Duration = .seconds(10)) throws -> Ending {
    guard let ending = run.waitForEnding(timeout: timeout) else {
      throw TestSupportError.timedOut(waitingFor: "\(run.name) to exit")
    }
    return ending
  }

  /// The first line that contains `part`, said already or within `timeout`. A program that ends without it is
  /// not waited for.
  @discardableResult
  public func waitForLine(containing part: String, timeout: Duration = .seconds(10)) throws -> Line {
    guard let line = run.waitForLine(containing: part, timeout: timeout) else {
      let said = run.lines.map(\.text).joined(separator: "\n")
      throw TestSupportError.timedOut(
        waitingFor: "\(run.name) to say \"\(part)\"; it said:\n\(said)")
    }
    return line
  }
}
