import Glibc

/// A process that a test can stop and continue: one that watches many connections and tells every verdict, and
/// one that holds their other ends.
@main
enum Main {
  static func main() {
    var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let arguments = CommandLine.arguments
    do {
      switch arguments.dropFirst().first {
      case "serve" where arguments.count == 2:
        try EchoingEnds.run()
      case "watch" where arguments.count == 4:
        guard let port = UInt16(arguments[3]) else { break }
        try Watching.run(address: arguments[2], port: port)
      default: break
      }
      say("usage: monitoring-process serve | watch ADDRESS PORT")
      exit(2)
    } catch {
      say("failed: \(error)")
      exit(1)
    }
  }
}

/// A line on standard output, at once.
func say(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  // A reader that is gone is the end of the test.
  if write(STDOUT_FILENO, bytes, bytes.count) < 0 { exit(1) }
}
