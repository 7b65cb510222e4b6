import FlatlineLab
import FlatlineTestSupport
import Foundation
import Testing

/// What becomes of the peer's process, seen across a network by the `flatline` command.
@Suite(.onOwnThread)
struct ProcessFaultTests {
  enum Fault: Sendable, CaseIterable { case killed, frozen }

  struct Case: Sendable, CustomTestStringConvertible {
    let fault: Fault
    let policy: String
    /// Idle without, in flight with a heartbeat.
    let hasHeartbeat: Bool
    /// `nil`: nothing can be seen, and nothing may be said.
    let causes: [String]?

    var testDescription: String { "\(fault), \(policy)\(hasHeartbeat ? ", heartbeat" : "")" }
  }

  static let cases = [
    Case(fault: .killed, policy: "fast-path", hasHeartbeat: false, causes: ["peerClosed"]),
    // A ping that the dead had not read yet turns the FIN of its kernel into a RST.
    Case(fault: .killed, policy: "fast-path", hasHeartbeat: true, causes: ["peerClosed", "peerReset"]),
    Case(fault: .killed, policy: "kernel-only", hasHeartbeat: false, causes: ["peerClosed"]),
    Case(fault: .frozen, policy: "fast-path", hasHeartbeat: true, causes: ["peerHung"]),
    Case(fault: .frozen, policy: "lan", hasHeartbeat: true, causes: ["peerHung"]),
    // Its kernel answers for it: without a heartbeat nothing tells, and nobody is accused.
    Case(fault: .frozen, policy: "kernel-only", hasHeartbeat: false, causes: nil),
  ]

  private static let program = BuiltProgram.path("flatline")

  private static func address(in lab: Lab) -> String { "\(lab.server.address):7007" }

  /// The echo server of the command, at the server's end.
  private static func serve(in lab: Lab) throws -> ChildProcess {
    try ChildProcess(program, ["serve", address(in: lab)], on: lab.server)
  }

  /// The command at the client's end, with JSON as its output.
  private static func watch(_ options: [String], in lab: Lab) throws -> ChildProcess {
    try ChildProcess(program, ["watch", address(in: lab), "--json"] + options, on: lab.client)
  }

  @Test(arguments: cases)
  func isToldFromThePeersKernel(_ each: Case) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let server = try Self.serve(in: lab)
    defer { server.kill() }
    _ = try server.waitForLine(containing: "listening")
    let heartbeat = each.hasHeartbeat ? ["--heartbeat", "echo"] : []
    let watch = try Self.watch(["--policy", each.policy, "--for", "15s"] + heartbeat, in: lab)
    defer { watch.kill() }
    _ = try watch.waitForLine(containing: "\"attached\"")
    try await Task.sleep(for: .milliseconds(700))
    switch each.fault {
    case .killed: server.kill()
    case .frozen: server.freeze()
    }
    let ending = try watch.waitForExit(timeout: .seconds(20))
    let story = watch.lines.map(\.text).joined(separator: "\n")
    let end = try #require(watch.lines.last { $0.text.contains("\"end\"") }, "\(story)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(end.text.utf8)) as? [String: Any])
    if let causes = each.causes {
      #expect(ending == .exited(3), "\(story)")
      #expect(causes.contains(object["cause"] as? String ?? "none"), "\(story)")
    } else {
      #expect(ending == .exited(0), "\(story)")
      #expect(object["verdict"] as? String == "alive", "\(story)")
    }
  }

  /// The pauses that the policies promise to survive.
  @Test(arguments: [("lan", 500), ("fast-path", 5000)])
  func aPauseIsNoDeath(_ policy: String, _ milliseconds: UInt32) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let server = try Self.serve(in: lab)
    defer { server.kill() }
    _ = try server.waitForLine(containing: "listening")
    let watch = try Self.watch(["--policy", policy, "--heartbeat", "echo", "--for", "8s"], in: lab)
    defer { watch.kill() }
    _ = try watch.waitForLine(containing: "\"detector\":\"heartbeat\"")
    server.freeze()
    // On this thread, so that nothing else makes the pause longer.
    usleep(milliseconds * 1000)
    server.resume()
    let ending = try watch.waitForExit(timeout: .seconds(20))
    let story = watch.lines.map(\.text).joined(separator: "\n")
    #expect(ending == .exited(0), "\(story)")
    #expect(watch.lines.last?.text.contains("\"alive\"") == true, "\(story)")
  }
}
