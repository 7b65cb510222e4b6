import FlatlineTestSupport
import Foundation
import Testing

/// A lab in another process: as an ordinary user, and what is left of it however that process ends.
struct LeftoverTests {
  /// The probe where everybody may read it, run by `user` if we may choose; else by ourselves.
  private final class Probe {
    let process: ChildProcess
    private let directory: String

    init(_ words: [String], as user: String? = nil) throws {
      directory = NSTemporaryDirectory() + "flatline-lab-\(UUID().uuidString)"
      let program = directory + "/LabProbe"
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      // A process of its own copies: a child that another test starts meanwhile would inherit our writing descriptor,
      // and then the program could not be run (ETXTBSY, execve(2)).
      let copy = try ChildProcess("cp", [BuiltProgram.path("LabProbe"), program])
      try #require(copy.waitForExit() == .exited(0))
      if let user, geteuid() == 0 {
        process = try ChildProcess("runuser", ["-u", user, "--", program] + words)
      } else {
        process = try ChildProcess(program, words)
      }
    }

    deinit {
      process.kill()
      _ = try? process.waitForExit()
      try? FileManager.default.removeItem(atPath: directory)
    }

    /// The probe itself, its peer and its child, once its lab works.
    func ready() throws -> [pid_t] {
      let line = try process.waitForLine(containing: "ready", timeout: .seconds(20))
      return line.text.split(separator: " ").dropFirst().compactMap { pid_t($0) }
    }
  }

  /// The agent is the peer's parent.
  private func parent(of process: pid_t) throws -> pid_t {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // After the name, which may hold anything: the state, then the parent.
    let fields = try #require(text.split(separator: ")").last).split(separator: " ")
    return try #require(pid_t(fields[1]))
  }

  private func isGone(_ process: pid_t) -> Bool {
    kill(process, 0) != 0 && errno == ESRCH
  }

  private func allAreGone(_ processes: [pid_t], within seconds: Double = 5) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if processes.allSatisfy(isGone) { return true }
      usleep(2000)
    }
    return false
  }

  @Test func anOrdinaryUserHasTheWholeLab() throws {
    let probe = try Probe(["strike"], as: "nobody")
    _ = try probe.ready()
    try probe.process.waitForLine(containing: "struck all", timeout: .seconds(60))
    #expect(try probe.process.waitForExit() == .exited(0))
  }

  @Test(arguments: [SIGKILL, SIGINT, SIGTERM])
  func nothingIsLeftAfterASignal(_ signal: Int32) throws {
    for user in [nil, "nobody"] {
      let probe = try Probe(["hold"], as: user)
      let processes = try probe.ready()
      let (itself, peer) = (processes[0], processes[1])
      let agent = try parent(of: peer)
      #expect(try parent(of: agent) == itself)
      let network = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(peer)/ns/net")
      // Who else may be in there. Later the network's number says nothing: the next may get it.
      let members = members(of: network)
      kill(itself, signal)
      #expect(allAreGone(processes + [agent] + members))
    }
  }

  /// Frozen and stopped children are no way out either.
  @Test func nothingIsLeftOfAFrozenLab() throws {
    let probe = try Probe(["hold"])
    let processes = try probe.ready()
    let agent = try parent(of: processes[1])
    for process in processes.dropFirst() { kill(process, SIGSTOP) }
    kill(processes[0], SIGKILL)
    #expect(allAreGone(processes + [agent]))
  }

  @Test func nothingIsLeftAfterAClose() throws {
    let probe = try Probe([])
    let processes = try probe.ready()
    #expect(try probe.process.waitForExit() == .exited(0))
    #expect(allAreGone(processes))
  }

  /// Alone in its process, so that every descriptor and thread counts.
  @Test func fortyLabsLeaveNoDescriptorAndNoThread() throws {
    let probe = try Probe(["again"])
    let line = try probe.process.waitForLine(containing: "after forty", timeout: .seconds(30))
    #expect(line.text == "after forty: 0 descriptors, 0 threads")
  }

  /// The processes in a network namespace.
  private func members(of network: String) -> [pid_t] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { name in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/ns/net")) == network
    }.compactMap { pid_t($0) }
  }
}
