import CTestSupport
import Glibc

/// A process just started and the descriptors to follow it by.
struct Child: ~Copyable {
  let pid: pid_t
  let output: CInt
  let errors: CInt
  /// Readable once the process has ended.
  let exit: CInt

  init(
    _ program: String, _ arguments: [String], environment: [String: String]?, namespace: NetworkNamespace?
  ) throws(TestSupportError) {
    let input = try SystemCalls.open("/dev/null", O_RDONLY)
    defer { close(input) }
    let output = try SystemCalls.pipe()
    defer { close(output.writing) }
    var unused = [output.reading]
    defer { for descriptor in unused { close(descriptor) } }
    let errors = try SystemCalls.pipe()
    defer { close(errors.writing) }
    unused.append(errors.reading)

    for end in unused { try SystemCalls.setNonBlocking(end) }
    let pid = try Spawning.spawn(
      program, arguments, environment: environment, streams: [input, output.writing, errors.writing],
      networkNamespace: namespace?.descriptor)
    let exit = test_support_open_process(pid)
    if exit < 0 {
      // Without it nobody would notice the end of the process.
      kill(pid, SIGKILL)
      while waitpid(pid, nil, 0) < 0, errno == EINTR {}
      throw .systemCall("pidfd_open", errno: -exit)
    }
    unused = []
    self.pid = pid
    self.output = output.reading
    self.errors = errors.reading
    self.exit = exit
  }

  deinit {
    close(output)
    close(errors)
    close(exit)
  }
}
