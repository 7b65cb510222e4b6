import Glibc

/// A program that runs in a host's network. It is killed when this value goes, when the lab is closed, and when
/// this process ends in whatever way.
public final class HostProcess: Sendable {
  /// How it ended.
  public enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// Its process id, as this process sees it.
  public let pid: pid_t

  init(pid: pid_t) {
    self.pid = pid
  }

  /// Sends a signal, such as SIGTERM. Does nothing once the process has ended.
  public func send(_ signal: Int32) { fatalError("later on this branch") }

  /// Ends it (SIGKILL), frozen or not.
  public func kill() { send(SIGKILL) }

  /// Stops it in its tracks (SIGSTOP).
  public func freeze() { send(SIGSTOP) }

  /// Lets it go on after ``freeze()`` (SIGCONT).
  public func resume() { send(SIGCONT) }

  /// Waits for its end, holding the calling thread; `nil` when it has not ended in time.
  public func waitForEnding(timeout: Duration) -> Ending? { fatalError("later on this branch") }

  /// Readable (poll(2), POLLIN) once the process has ended. Owned by this value.
  public var endingDescriptor: CInt { fatalError("later on this branch") }
}
