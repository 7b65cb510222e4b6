import Glibc

/// The life of one child: a thread starts it, listens to it and reaps it. The child dies with that thread.
final class ChildRun: Sendable {
  private struct State: Sendable {
    var lines: [ChildProcess.Line] = []
    var ending: ChildProcess.Ending?
    /// True once the process is no longer ours to signal: its number may become someone else's.
    var isReaped = false
  }

  let name: String
  let pid: pid_t
  private let state: Watched<State>

  var lines: [ChildProcess.Line] { state.access { $0.lines } }

  init(
    _ program: String, _ arguments: [String], environment: [String: String]?, namespace: NetworkNamespace?
  ) throws {
    let state = Watched(State())
    let started = Watched<Result<pid_t, TestSupportError>?>(nil)
    _ = try OwnThread {
      do throws(TestSupportError) {
        let child = try Child(program, arguments, environment: environment, namespace: namespace)
        started.access { $0 = .success(child.pid) }
        ChildRun.follow(child, state)
      } catch {
        started.access { $0 = .failure(error) }
      }
    }
    guard let outcome = started.wait(upTo: .seconds(10), for: { $0 }) else {
      throw TestSupportError.timedOut(waitingFor: "\(program) to start")
    }
    name = program
    pid = try outcome.get()
    self.state = state
  }

  func send(_ signal: Int32) {
    state.access { state in
      if !state.isReaped { kill(pid, signal) }
    }
  }

  @discardableResult
  func waitForEnding(timeout: Duration) -> ChildProcess.Ending? {
    state.wait(upTo: timeout) { $0.ending }
  }

  func waitForLine(containing part: String, timeout: Duration) -> ChildProcess.Line? {
    state.wait(upTo: timeout) { state -> ChildProcess.Line?? in
      if let line = state.lines.first(where: { $0.text.contains(part) }) { return line }
      return state.ending == nil ? nil : .some(nil)
    } ?? nil
  }

  private static func follow(_ child: borrowing Child, _ state: Watched<State>) {
    var output = LineReader(descriptor: child.output, stream: .output)
    var errors = LineReader(descriptor: child.errors, stream: .error)
    while true {
      // A stream at its end would be ready for ever; poll skips negative numbers.
      let watched = [output.isAtEnd ? -1 : child.output, errors.isAtEnd ? -1 : child.errors, child.exit]
      guard let ready = try? SystemCalls.poll(watched, timeout: nil) else { break }
      if ready[0] { deliver(output.read(), to: state) }
      if ready[1] { deliver(errors.read(), to: state) }
      // What it said before it ended has been read in this turn or is read now.
      if ready[2] { break }
    }
    deliver(output.readRest() + errors.readRest(), to: state)

    var status: CInt = 0
    state.access { state in
      // The exit descriptor said that it has ended, so this does not wait.
      while waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
      state.isReaped = true
      let signal = status & 0x7f
      state.ending = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
  }

  private static func deliver(_ lines: [ChildProcess.Line], to state: Watched<State>) {
    if !lines.isEmpty { state.access { $0.lines += lines } }
  }
}
