import Glibc

/// A program that is killed when this value goes, and when this process ends in whatever way.
///
/// A shell stands guard: it starts the program, waits for the end of its own standard input, which is ours to
/// close and the kernel's if we die, then kills the program. Until the shell has reaped it, the process id names no
/// other program.
final class GuardedProcess {
  private let guardID: pid_t
  /// Our end of the guard's standard input and output.
  private let leash: CInt
  let id: pid_t

  init(_ command: [String]) throws(SystemCallFailure) {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try SystemCallFailure.check("socketpair", socketpair(AF_UNIX, kind, 0, &ends))
    let leash = ends[0]
    defer { close(ends[1]) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    let script = #""$@" </dev/null >/dev/null & echo $!; cat >/dev/null; kill -9 $!; wait"#
    var words: [UnsafeMutablePointer<CChar>?] = (["sh", "-c", script, "guard"] + command).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var guardID: pid_t = -1
    let code = posix_spawnp(&guardID, "sh", &actions, nil, words, environ)
    guard code == 0 else {
      close(leash)
      throw SystemCallFailure(call: "posix_spawnp", code: code)
    }
    var text = [UInt8](repeating: 0, count: 32)
    let count = max(0, read(leash, &text, text.count))
    let line = String(decoding: text[..<count], as: UTF8.self)
    id = pid_t(line.prefix { $0.isNumber }) ?? -1
    (self.guardID, self.leash) = (guardID, leash)
    if id <= 0 { throw SystemCallFailure(call: "read", code: EIO) }
  }

  /// Sends a signal; an ended program is not harmed.
  func send(_ signal: CInt) {
    if id > 0 { kill(id, signal) }
  }

  deinit {
    close(leash)
    waitpid(guardID, nil, 0)
  }
}
