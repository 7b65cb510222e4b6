import FlatlineTestSupport
import Foundation
import Glibc
import Testing

@Suite("Watch", .serialized)
struct WatchTests {
  /// Starts a watch and waits until it is attached.
  private func attach(_ arguments: [String]) throws -> ChildProcess {
    let watch = try Flatline.start(["watch"] + arguments)
    try watch.waitForLine(containing: "attached")
    return watch
  }

  @Test("A server that ends: dead, peerClosed, exit 3")
  func closed() throws {
    let server = try Flatline.serve()
    let watch = try attach([server.address, "--json", "--heartbeat", "echo"])
    // It has answered, so it has accepted: a kernel resets what its program never accepted.
    try watch.waitForLine(containing: "\"leaning\":\"alive\"")
    server.process.terminate()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3)
    let lines = try WatchLine.all(outcome.output)
    let attached = try #require(lines.first)
    #expect(attached.event == "attached")
    #expect(attached.address == server.address)
    #expect(attached.policy == "fast-path")
    #expect(attached.elapsedMs == 0)
    let evidence = try #require(
      lines.first { $0.event == "evidence" && $0.detector == "tcp-info" && $0.leaning == "dead" })
    #expect(evidence.facts?["challenged_by"] == .text("epoll"))
    #expect(evidence.layer == "process")
    #expect(evidence.cause == "peerClosed")
    #expect(evidence.conclusive == true)
    #expect(evidence.facts?["unread"] == .number(0))
    #expect(evidence.facts?["tcp_state"] == .text("CLOSE_WAIT"))
    #expect(evidence.facts?["rtt_ms"] != nil)
    let verdict = try #require(lines.last { $0.event == "verdict" })
    #expect(verdict.verdict == "dead")
    #expect(verdict.previous == "alive")
    #expect(verdict.cause == "peerClosed")
    #expect(verdict.decidedBy?.contains("epoll") == true)
    #expect(verdict.orderly == true)
    let end = try #require(lines.last)
    #expect(end.event == "end")
    #expect(end.verdict == "dead")
    #expect(end.cause == "peerClosed")
    #expect(end.reason == "dead")
    #expect(end.exitStatus == 3)
    #expect(end.orderly == true)
    #expect(lines.map(\.atNs) == lines.map(\.atNs).sorted())
    #expect(abs(Double(end.atNs) / 1e9 - Date().timeIntervalSince1970) < 60)
  }

  @Test("A server that resets: peerReset")
  func reset() throws {
    let server = try Flatline.serve(["127.0.0.1:0", "--reset"])
    let watch = try attach([server.address, "--json"])
    server.process.terminate()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3)
    #expect(try WatchLine.all(outcome.output).last?.cause == "peerReset")
  }

  @Test("A server that is killed: its kernel closes for it")
  func killed() throws {
    let server = try Flatline.serve()
    let watch = try attach([server.address, "--json", "--heartbeat", "echo"])
    // It has answered, so it has accepted: a kernel resets what its dead program never accepted.
    try watch.waitForLine(containing: "\"leaning\":\"alive\"")
    server.process.kill()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3)
    #expect(try WatchLine.all(outcome.output).last?.cause == "peerClosed")
  }

  @Test("A server that is frozen: peerHung, and suspect before")
  func frozen() throws {
    let server = try Flatline.serve()
    let watch = try attach([server.address, "--json", "--heartbeat", "echo"])
    try watch.waitForLine(containing: "\"leaning\":\"alive\"")
    server.process.freeze()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3)
    let lines = try WatchLine.all(outcome.output)
    #expect(lines.filter { $0.event == "verdict" }.map(\.verdict) == ["suspect", "dead"])
    #expect(lines.last?.cause == "peerHung")
    let verdict = try #require(lines.last { $0.event == "verdict" })
    let trail = try #require(verdict.trail)
    #expect(trail.map(\.leaning) == ["suspicious", "dead"])
    #expect(trail.map(\.decided) == [false, true])
    #expect(
      trail.allSatisfy { $0.detector == "heartbeat" && $0.layer == "process" && $0.cause == "peerHung" })
    #expect(trail.map(\.beforeMs) == trail.map(\.beforeMs).sorted(by: >))
    #expect(verdict.trailOmitted == 0)
    #expect(lines.contains { $0.detector == "heartbeat" && $0.leaning == "alive" && $0.cause == nil })
    let dead = try #require(lines.last { $0.detector == "heartbeat" })
    #expect(dead.conclusive == false)
    #expect(dead.layer == "process")
  }

  @Test("Alive at the end of its time: exit 0")
  func time() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.run(["watch", server.address, "--for", "300ms", "--json"])
    #expect(outcome.status == 0)
    let end = try #require(try WatchLine.all(outcome.output).last)
    #expect(end.event == "end")
    #expect(end.verdict == "alive")
    #expect(end.cause == nil)
    #expect(end.reason == "time")
    #expect(end.exitStatus == 0)
    #expect(end.elapsedMs >= 300)
  }

  @Test("Interrupted: exit 0 and an end line", arguments: [SIGINT, SIGTERM])
  func interrupted(_ signal: Int32) throws {
    let server = try Flatline.serve()
    let watch = try attach([server.address, "--json"])
    Glibc.kill(watch.pid, signal)
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 0)
    #expect(try WatchLine.all(outcome.output).last?.reason == "interrupted")
  }

  @Test("IPv6")
  func ipv6() throws {
    let server = try Flatline.serve(["[::1]:0"])
    #expect(server.address.hasPrefix("[::1]:"))
    let outcome = try Flatline.run(["watch", server.address, "--for", "200ms", "--heartbeat=echo"])
    #expect(outcome.status == 0)
    #expect(
      outcome.output.first?.contains("attached  \(server.address), policy fast-path, heartbeat echo") == true)
  }

  @Test("Every address of a name is tried")
  func names() throws {
    let server = try Flatline.serve()
    let port = try #require(server.address.split(separator: ":").last)
    // Where localhost is ::1 as well, that one refuses: the server is on 127.0.0.1 alone.
    let outcome = try Flatline.run(["watch", "localhost:\(port)", "--for", "100ms"])
    #expect(outcome.status == 0)
  }

  @Test("Nobody listens: exit 1, one line with the address")
  func refused() throws {
    let outcome = try Flatline.run(["watch", "127.0.0.1:1"])
    #expect(outcome.status == 1)
    #expect(outcome.output == [])
    #expect(
      outcome.errors == ["flatline watch: cannot connect to 127.0.0.1: 127.0.0.1:1: Connection refused"])
  }

  @Test("No such name: exit 1, one line")
  func noName() throws {
    let outcome = try Flatline.run(["watch", "no-such-host.invalid:80"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.count == 1)
  }

  @Test("A peer that speaks another protocol: one line on standard error, and the watch goes on")
  func otherProtocol() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.run([
      "watch", server.address, "--heartbeat", "mqtt", "--for", "500ms", "--json",
    ])
    #expect(outcome.status == 0)
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains("mqtt: ") == true)
    #expect(try WatchLine.all(outcome.output).last?.verdict == "alive")
  }

  /// As servers that expect TLS do.
  @Test("A server that closes before it answers the heartbeat: one line that says what of TLS")
  func closesUnanswered() throws {
    let server = try Flatline.serve()
    // Its kernel takes the connection, and resets it when the program ends.
    server.process.freeze()
    let watch = try attach([server.address, "--heartbeat", "http"])
    server.process.kill()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3)
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains("if it expects TLS, the command speaks none") == true)
  }

  @Test("A policy that sees nothing says so")
  func blind() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.run(["watch", server.address, "--policy", "heartbeat", "--for", "100ms"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.count == 1)
  }

  @Test("A policy that can never convict is refused")
  func neverDead() throws {
    let server = try Flatline.serve()
    let directory = try TemporaryDirectory()
    let path = try directory.write("{detectors: {icmp: {}}, suspect: 'icmp', dead: 'icmp'}", to: "never.json")
    let outcome = try Flatline.run(["watch", server.address, "--policy", path, "--for", "100ms"])
    #expect(outcome.status == 2)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains("\(path): dead: found a rule that can never come true") == true)
  }

  @Test("A reader that goes away ends it quietly")
  func brokenPipe() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.shell(
      "{ \"$FLATLINE\" watch \(server.address); echo \"status $?\" >&2; } | head -n 1")
    #expect(outcome.output.count == 1)
    #expect(outcome.errors == ["status 141"])
  }

  @Test("A closed standard output is an error, not a crash")
  func closedOutput() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.shell("\"$FLATLINE\" watch \(server.address) >&-")
    #expect(outcome.status == 1 || outcome.status == 141)
  }
}
