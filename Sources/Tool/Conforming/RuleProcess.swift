import Flatline
import Glibc

/// The trial of one rule in a process of its own, which a trap may end.
struct RuleProcess {
  enum End {
    /// With this exit status.
    case exited(Int32)
    /// By a signal, or because its time was over: in words.
    case died(String)
  }

  let end: End
  /// The lines of its standard output.
  let output: [String]
  /// The lines of its standard error.
  let errors: [String]

  /// What it said of wrong usage, without the command's name.
  var complaint: String? {
    errors.last.map { line in line.split(separator: ":", maxSplits: 1).last.map(String.init) ?? line }
  }

  private static let patience = Duration.seconds(120)
  /// A rule says less.
  private static let mostBytes = 1 << 20

  /// Runs this command again, for one rule.
  static func run(_ rule: String) throws(CommandError) -> RuleProcess {
    var words = CommandLine.arguments
    words.insert(contentsOf: ["--rule", rule], at: (words.firstIndex(of: "conform") ?? words.count - 1) + 1)
    let output = try pipe()
    let errors: (reading: CInt, writing: CInt)
    do throws(CommandError) {
      errors = try pipe()
    } catch {
      close(output.reading)
      close(output.writing)
      throw error
    }
    defer {
      close(output.reading)
      close(errors.reading)
    }
    var pid: pid_t = 0
    let code = spawn(words, output: output.writing, errors: errors.writing, &pid)
    close(output.writing)
    close(errors.writing)
    guard code == 0 else { throw .system("starting the trial of \(rule)", Errno(rawValue: code)) }
    var texts: [[UInt8]] = [[], []]
    let isOver = collect(from: [output.reading, errors.reading], into: &texts, for: patience)
    if !isOver {
      // The thread that tries the rule says where it is, before the process ends.
      kill(pid, SIGABRT)
      if !collect(from: [output.reading, errors.reading], into: &texts, for: .seconds(2)) {
        kill(pid, SIGKILL)
      }
    }
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let lines = texts.map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) }
    return RuleProcess(
      end: isOver ? end(status) : .died("no end within two minutes"), output: lines[0], errors: lines[1])
  }

  /// wait(2).
  private static func end(_ status: CInt) -> End {
    let signal = status & 0x7F
    guard signal != 0 else { return .exited(status >> 8 & 0xFF) }
    return .died("its process was ended by \(names[signal] ?? "signal \(signal)")")
  }

  private static let names = [
    SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
    SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGTERM: "SIGTERM",
  ]

  /// Reads to the end of all descriptors.
  ///
  /// - Returns: false if they have not ended in time.
  private static func collect(
    from descriptors: [CInt], into texts: inout [[UInt8]], for patience: Duration
  ) -> Bool {
    let deadline = MonotonicTime.now() + patience
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while entries.contains(where: { $0.fd >= 0 }) {
      guard MonotonicTime.now() < deadline else { return false }
      guard poll(&entries, nfds_t(entries.count), deadline.millisecondsAway) > 0 else { continue }
      for index in entries.indices where entries[index].revents != 0 {
        let count = read(entries[index].fd, &buffer, buffer.count)
        if count > 0 {
          texts[index] += buffer.prefix(min(count, max(0, mostBytes - texts[index].count)))
        } else if count == 0 || errno != EINTR {
          // poll(2) passes over negative descriptors.
          entries[index].fd = -1
        }
      }
    }
    return true
  }

  private static func pipe() throws(CommandError) -> (reading: CInt, writing: CInt) {
    var ends: [CInt] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw .system("pipe", .current) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Returns the errno.
  private static func spawn(_ words: [String], output: CInt, errors: CInt, _ pid: inout pid_t) -> CInt {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var arguments = words.map { strdup($0) } + [nil]
    // One line says where a trap was; Swift's own backtrace has hundreds, and takes seconds.
    var environment =
      variables(but: "SWIFT_BACKTRACE").map { strdup($0) } + [strdup("SWIFT_BACKTRACE=enable=no"), nil]
    defer { for text in arguments + environment { free(text) } }
    return posix_spawn(&pid, "/proc/self/exe", &actions, nil, &arguments, &environment)
  }

  /// The environment, as NAME=VALUE.
  private static func variables(but name: String) -> [String] {
    var variables: [String] = []
    var entry = environ
    while let text = entry.pointee {
      let variable = String(cString: text)
      if !variable.hasPrefix(name + "=") { variables.append(variable) }
      entry += 1
    }
    return variables
  }
}
