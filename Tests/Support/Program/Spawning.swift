import CTestSupport
import Glibc

/// Starting a program.
enum Spawning {
  /// `streams` are what becomes standard input, output and error. The program dies with the calling thread.
  static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String]?, streams: [CInt]
  ) throws(TestSupportError) -> pid_t {
    let path = try path(of: program)
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var settings = (environment ?? [:]).map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for setting in settings { free(setting) } }
    var pid: pid_t = 0
    let code =
      environment == nil
      ? test_support_spawn(path, &words, nil, streams, &pid)
      : test_support_spawn(path, &words, &settings, streams, &pid)
    try SystemCalls.checkCode("starting \(program)", code)
    return pid
  }

  /// As the shell does it: a bare name is looked for along PATH.
  private static func path(of program: String) throws(TestSupportError) -> String {
    if program.contains("/") { return program }
    // Where servers are is often missing from an ordinary user's PATH.
    let path = (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    for directory in path.split(separator: ":") {
      let candidate = "\(directory)/\(program)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw .systemCall("finding \(program) along PATH", errno: ENOENT)
  }
}
