import Flatline
import FlatlineLab
import FlatlineTestSupport
import Foundation
import Glibc
import Testing

/// `flatline watch --pid` on a process in another network namespace, as in a container.
@Suite("Watch a process in a container", .serialized)
struct ContainerWatchTests {
  /// A process in the client's namespace with one connection, to the peer in the server's.
  private func contained(in lab: Lab) throws -> HostProcess {
    let nothing = try #require(FileHandle(forWritingAtPath: "/dev/null"))
    let process = try lab.client.spawn(
      Flatline.path, ["watch", "\(lab.server.address):\(lab.peer.port)", "--policy", "epoll"],
      output: nothing.fileDescriptor)
    let session = try DiagSession(lab.client.netlinkOpening)
    try #require(
      eventually { (try? session.connections())?.contains { $0.state == .established } == true })
    return process
  }

  /// Whether this process may enter the namespace (setns(2)); an ordinary user's lab is in a user namespace.
  private func mayFollow(_ process: HostProcess) throws -> Bool {
    do {
      _ = try DiagSession(.inside(NetworkNamespace(ofProcess: process.pid)))
      return true
    } catch Errno.notPermitted {
      return false
    }
  }

  @Test("Its connection ends: dead, with its cause")
  func closed() throws {
    let lab = try Lab()
    defer { lab.close() }
    let process = try contained(in: lab)
    guard try mayFollow(process) else { return try expectRefusal(of: process) }
    let watch = try Flatline.start(["watch", "--pid", "\(process.pid)", "--json"])
    let attached = try watch.waitForLine(containing: "attached")
    #expect(
      attached.text.contains(" -> \(lab.server.address):\(lab.peer.port)"), "\(attached.text)")
    try lab.peer.reset()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(try WatchLine.all(outcome.output).last?.cause == "peerReset")
    withExtendedLifetime(process) {}
  }

  /// The links are those of the namespace too.
  @Test("Its cable is pulled: linkDown")
  func unplugged() throws {
    let lab = try Lab()
    defer { lab.close() }
    let process = try contained(in: lab)
    guard try mayFollow(process) else { return try expectRefusal(of: process) }
    let watch = try Flatline.start([
      "watch", "--pid", "\(process.pid)", "--json", "--policy", "link",
    ])
    try watch.waitForLine(containing: "attached")
    try lab.client.unplug()
    let suspicion = try watch.waitForLine(containing: "\"event\":\"verdict\"")
    #expect(suspicion.text.contains("\"cause\":\"linkDown\""), "\(suspicion.text)")
    Glibc.kill(watch.pid, SIGINT)
    _ = try Flatline.outcome(of: watch)
    withExtendedLifetime(process) {}
  }

  @Test("Without CAP_SYS_ADMIN, one line says so")
  func refused() throws {
    let lab = try Lab()
    defer { lab.close() }
    try expectRefusal(of: try contained(in: lab))
  }

  private func expectRefusal(of process: HostProcess) throws {
    let isRoot = geteuid() == 0
    let drop = isRoot ? "setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin " : ""
    let outcome = try Flatline.shell("\(drop)$FLATLINE watch --pid \(process.pid) --for 1s")
    #expect(outcome.status == 1)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains("CAP_SYS_ADMIN") == true, "\(outcome.errors)")
    withExtendedLifetime(process) {}
  }
}
