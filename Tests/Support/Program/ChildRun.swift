import Glibc

/// The life of one child: a thread starts it, listens to it and reaps it. The child dies with that thread.
final class ChildRun: Sendable {
  private struct State: Sendable {
    var lines: [ChildProcess.Line] = []
    var ending: ChildProcess.Ending?
    /// True once the process is no longer ours to signal: its number may become someone else's.
    var isReaped = false
  }

  private struct Handle: Sendable {
    let pid: pid_t
    let send: @Sendable (_ signal: Int32) -> Void
  }

  let name: String
  private let handle: Handle
  private let state: Watched<State>

  var lines: [ChildProcess.Line] { state.access { $0.lines } }

  init(_ name: String, _ start: @escaping @Sendable () throws -> Child) throws {
    let state = Watched(State())
    let started = Watched<Result<Handle, any Error>?>(nil)
    _ = try OwnThread {
      do {
        let child = try start()
        let handle = Handle(pid: child.pid, send: child.send)
        started.access { $0 = .success(handle) }
        ChildRun.follow(child, state)
      } catch {
        started.access { $0 = .failure(error) }
      }
    }
    guard let outcome = started.wait(upTo: .seconds(10), for: { $0 }) else {
      throw TestSupportError.timedOut(waitingFor: "\(name) to start")
    }
    self.name = name
    handle = try outcome.get()
    self.state = state
  }

  var pid: pid_t { handle.pid }

  func send(_ signal: Int32) {
    state.access { state in
      if !state.isReaped { handle.send(signal) }
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

  private static func follow(_ child: Child, _ state: Watched<State>) {
    var output = LineReader(descriptor: child.output, stream: .output)
    var errors = LineReader(descriptor: child.errors, stream: .error)
    while true {
      // A stream at its end would be ready for ever; poll skips negative numbers.
      let watched = [
        output.isAtEnd ? -1 : child.output.number, errors.isAtEnd ? -1 : child.errors.number,
        child.exit.number,
      ]
      guard let ready = try? SystemCalls.poll(watched, timeout: nil) else { break }
      if ready[0] { deliver(output.read(), to: state) }
      if ready[1] { deliver(errors.read(), to: state) }
      // What it said before it ended has been read in this turn or is read now.
      if ready[2] { break }
    }
    deliver(output.readRest() + errors.readRest(), to: state)

    state.access { state in
      // The exit descriptor said that it has ended, so this does not wait.
      state.ending = child.reap()
      state.isReaped = true
    }
  }

  private static func deliver(_ lines: [ChildProcess.Line], to state: Watched<State>) {
    if !lines.isEmpty { state.access { $0.lines += lines } }
  }
}
