import CTestSupport
import FlatlineLab
import Glibc

/// A process just started and what it is followed by.
struct Child: Sendable {
  let pid: pid_t
  let output: Descriptor
  let errors: Descriptor
  /// Readable once the process has ended.
  let exit: Descriptor
  let send: @Sendable (_ signal: Int32) -> Void
  /// Takes the process's status, once it has ended. From then on nothing may be sent.
  let reap: @Sendable () -> ChildProcess.Ending

  /// Starts a process that dies with the calling thread.
  init(
    _ program: String, _ arguments: [String], environment: [String: String]?
  ) throws(TestSupportError) {
    let input = Descriptor(try SystemCalls.open("/dev/null", O_RDONLY))
    let (output, errors) = (try Pipe(), try Pipe())
    let pid = try Spawning.spawn(
      program, arguments, environment: environment,
      streams: [input.number, output.writing.number, errors.writing.number])
    let exit = test_support_open_process(pid)
    if exit < 0 {
      // Without it nobody would notice the end of the process.
      kill(pid, SIGKILL)
      while waitpid(pid, nil, 0) < 0, errno == EINTR {}
      throw .systemCall("pidfd_open", errno: -exit)
    }
    self.pid = pid
    (self.output, self.errors, self.exit) = (output.reading, errors.reading, Descriptor(exit))
    send = { kill(pid, $0) }
    reap = {
      var status: CInt = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      let signal = status & 0x7f
      return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
  }

  /// Starts a process on a lab's host.
  init(
    _ program: String, _ arguments: [String], environment: [String: String]?, on host: FlatlineLab.Host
  ) throws {
    let (output, errors) = (try Pipe(), try Pipe())
    let process = try host.spawn(
      program, arguments, environment: environment, output: output.writing.number,
      errors: errors.writing.number)
    pid = process.pid
    (self.output, self.errors) = (output.reading, errors.reading)
    exit = Descriptor(
      try SystemCalls.check("dup") { fcntl(process.endingDescriptor, F_DUPFD_CLOEXEC, 0) })
    send = { process.send($0) }
    reap = {
      switch process.waitForEnding(timeout: .seconds(10)) {
      case .exited(let code): .exited(code)
      case .killed(let signal): .killed(signal: signal)
      case nil: .killed(signal: SIGKILL)
      }
    }
  }
}
