import Flatline
import Glibc

/// The command `serve` as a child, never left behind. It is killed and waited for when this value goes. If we are killed
/// ourselves the kernel kills it, frozen or not. If that happens before the child has asked for it, the child ends with
/// its standard input. Ctrl-C does not reach it: it has its own process group.
struct ServerProcess: ~Copyable {
  let pid: pid_t
  let address: PeerAddress
  private let input: CInt

  private static let patience = Duration.seconds(5)

  /// Starts it on a port of the kernel's choice and waits for its line with the port.
  init(_ program: String, options: [String] = [], _ interruption: Interruption) throws(CommandError) {
    let toIt = try ServerProcess.pipe()
    let fromIt: (reading: CInt, writing: CInt)
    do throws(CommandError) {
      fromIt = try ServerProcess.pipe()
    } catch {
      close(toIt.reading)
      close(toIt.writing)
      throw error
    }
    defer { close(fromIt.reading) }
    let words = [program, "serve", "127.0.0.1:0", "--until-eof", "--with-parent"] + options
    var pid: pid_t = 0
    let error = ServerProcess.spawn(words, input: toIt.reading, output: fromIt.writing, &pid)
    close(toIt.reading)
    close(fromIt.writing)
    guard error == 0 else {
      close(toIt.writing)
      throw .system("starting a server", Errno(rawValue: error))
    }
    do throws(CommandError) {
      let line = try ServerProcess.line(fromIt.reading, interruption)
      address = try PeerAddress(line.split(separator: " ").last.map(String.init) ?? "", as: "the server")
    } catch {
      ServerProcess.end(pid, toIt.writing)
      throw error
    }
    self.pid = pid
    input = toIt.writing
  }

  deinit {
    ServerProcess.end(pid, input)
  }

  borrowing func send(_ signal: CInt) {
    kill(pid, signal)
  }

  /// No other code waits for this child, so the pid stays its own until here.
  private static func end(_ pid: pid_t, _ input: CInt) {
    kill(pid, SIGKILL)
    while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    close(input)
  }

  private static func pipe() throws(CommandError) -> (reading: CInt, writing: CInt) {
    var ends: [CInt] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw .system("pipe", .current) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Returns the errno.
  private static func spawn(_ words: [String], input: CInt, output: CInt, _ pid: inout pid_t) -> CInt {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    // Blocked and ignored signals would stay so over exec.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var standard = none
    sigaddset(&standard, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &standard)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    return posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, &arguments, environ)
  }

  /// The first line of output.
  private static func line(_ descriptor: CInt, _ interruption: Interruption) throws(CommandError) -> String {
    let deadline = MonotonicTime.now() + patience
    var bytes: [UInt8] = []
    while MonotonicTime.now() < deadline {
      var entries = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, 2, deadline.millisecondsAway) > 0 else { continue }
      if entries[1].revents != 0 { throw CommandError(status: .interrupted, message: "interrupted") }
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      bytes += buffer.prefix(max(0, count))
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        return String(decoding: bytes[..<end], as: UTF8.self)
      }
    }
    throw .failure("the server did not start")
  }
}
