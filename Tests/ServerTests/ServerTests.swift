import FlatlineTestSupport
import Glibc
import Testing

/// `flatline watch` on real servers, each stopped, killed and frozen.
@Suite("Real servers", .serialized, .onOwnThread)
struct ServerTests {
  /// What a server does to its connections, seen with the program itself.
  private struct Ends {
    let process: ChildProcess
    let lines: [WatchLine]
    let status: ChildProcess.Ending

    var causes: [String] {
      lines.filter { $0.event == "verdict" && $0.verdict == "dead" }.compactMap(\.cause)
    }
  }

  /// Watches until the heartbeat was answered, lets `fault` happen to the server, and waits for the end.
  private func watch(_ kind: ServerKind, _ server: RealServer, _ fault: () throws -> Void) throws -> Ends {
    let watch = try Flatline.watch(server.port, kind.heartbeat())
    try watch.waitForLine(containing: "\"detector\":\"heartbeat\"", timeout: .seconds(20))
    // A second answer at least: the handshake is over and the server is at rest.
    usleep(600_000)
    try fault()
    let status = try watch.waitForExit(timeout: .seconds(30))
    #expect(watch.lines.filter { $0.stream == .error }.map(\.text) == [])
    return Ends(
      process: watch, lines: try WatchLine.all(watch.lines.filter { $0.stream == .output }.map(\.text)),
      status: status)
  }

  private func expect(_ ends: Ends, _ cause: String) throws {
    #expect(ends.status == .exited(3))
    #expect(ends.causes == [cause])
    let end = try #require(ends.lines.last)
    #expect(end.event == "end")
    #expect(end.verdict == "dead")
    #expect(end.cause == cause)
    #expect(ends.lines.contains { $0.detector == "heartbeat" && $0.leaning == "alive" })
  }

  @Test("Stopped in order: every one of them closes its connections", arguments: ServerKind.allCases)
  func stopped(_ kind: ServerKind) throws {
    let server = try kind.start()
    let ends = try watch(kind, server) { kill(server.pid, kind.stop) }
    try expect(ends, "peerClosed")
  }

  /// The kernel closes for a program that is killed: with FIN, because the server had read all that we sent.
  ///
  /// PostgreSQL's connections belong to a process each, and nginx's to workers; those live on for a while when
  /// only the master is killed. So every process of the server is killed, the master first: it must not start
  /// new ones.
  @Test("Killed", arguments: ServerKind.allCases)
  func killed(_ kind: ServerKind) throws {
    let server = try kind.start()
    let ends = try watch(kind, server) {
      let family = [server.pid] + ProcessTree.descendants(of: server.pid)
      #expect(!ProcessTree.serving(server.port, among: family).isEmpty)
      for pid in family { kill(pid, SIGKILL) }
    }
    try expect(ends, "peerClosed")
  }

  /// Only the process that serves our connection is frozen: PostgreSQL's backend, nginx's worker. Its kernel goes
  /// on acknowledging, so that the path is not to blame.
  @Test("Frozen: hung, not silent", arguments: ServerKind.allCases)
  func frozen(_ kind: ServerKind) throws {
    let server = try kind.start()
    let ends = try watch(kind, server) {
      let serving = ProcessTree.serving(
        server.port, among: [server.pid] + ProcessTree.descendants(of: server.pid))
      #expect(serving.count == 1)
      for pid in serving { kill(pid, SIGSTOP) }
    }
    try expect(ends, "peerHung")
    #expect(!ends.lines.contains { $0.cause == "pathSilent" })
    #expect(ends.lines.filter { $0.event == "verdict" }.compactMap(\.verdict) == ["suspect", "dead"])
  }

  /// It answers SSLRequest before any login. What it wants after that is no silence: the heartbeat abstains, and says why.
  @Test("A PostgreSQL server whose password is not known", arguments: [[], ["--user", "postgres"]])
  func unknownPassword(_ user: [String]) throws {
    let server = try ServerKind.startPostgreSQL(password: "secret")
    let watch = try Flatline.watch(server.port, ["--heartbeat", "postgresql", "--for", "10s"] + user)
    #expect(try watch.waitForExit(timeout: .seconds(30)) == .exited(0))
    let lines = try WatchLine.all(watch.lines.filter { $0.stream == .output }.map(\.text))
    #expect(!lines.contains { $0.event == "verdict" })
    let said = lines.filter { $0.detector == "heartbeat" }.compactMap(\.leaning)
    #expect(said == ["alive", "abstaining"])
    let reasons = watch.lines.filter { $0.stream == .error }.map(\.text)
    #expect(reasons.count == 1 && reasons.allSatisfy { $0.contains("SCRAM-SHA-256") }, "\(reasons)")
  }

  @Test("A PostgreSQL server whose password is not known, frozen: SSLRequest is not answered")
  func frozenWithUnknownPassword() throws {
    let server = try ServerKind.startPostgreSQL(password: "secret")
    // Its kernel takes the connection.
    kill(server.pid, SIGSTOP)
    let watch = try Flatline.watch(server.port, ["--heartbeat", "postgresql"])
    #expect(try watch.waitForExit(timeout: .seconds(30)) == .exited(3))
    let lines = try WatchLine.all(watch.lines.filter { $0.stream == .output }.map(\.text))
    #expect(lines.last?.cause == "peerHung")
  }
}
