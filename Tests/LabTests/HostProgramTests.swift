import FlatlineCore
import FlatlineLab
import Foundation
import Glibc
import Testing

/// Programs in a host's network.
struct HostProgramTests {
  /// What a program says.
  private func output(
    _ program: String, _ arguments: [String], on host: FlatlineLab.Host,
    _ environment: [String: String]? = nil
  )
    throws -> (String, HostProcess.Ending?)
  {
    let pipe = Pipe()
    let process = try host.spawn(
      program, arguments, environment: environment, output: pipe.fileHandleForWriting.fileDescriptor)
    try pipe.fileHandleForWriting.close()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return (said, process.waitForEnding(timeout: .seconds(5)))
  }

  @Test func aProgramRunsInItsHostsNetwork() throws {
    let lab = try Lab()
    defer { lab.close() }
    let (devices, ending) = try output("cat", ["/proc/net/dev"], on: lab.client)
    #expect(ending == .exited(0))
    #expect(devices.contains("uplink"))
    let (said, status) = try output("sh", ["-c", "pwd; echo $NAME; exit 7"], on: lab.server, ["NAME": "x y"])
    #expect(said == FileManager.default.currentDirectoryPath + "\nx y\n")
    #expect(status == .exited(7))
  }

  @Test func itsEndIsSeen() throws {
    let lab = try Lab()
    defer { lab.close() }
    let process = try lab.client.spawn("sleep", ["100"])
    #expect(kill(process.pid, 0) == 0)
    #expect(process.waitForEnding(timeout: .milliseconds(20)) == nil)
    process.freeze()
    process.kill()
    #expect(process.waitForEnding(timeout: .seconds(5)) == .killed(signal: SIGKILL))
    #expect(process.waitForEnding(timeout: .zero) == .killed(signal: SIGKILL))
    process.send(SIGTERM)
    let other = try lab.client.spawn("sleep", ["100"])
    lab.close()
    #expect(other.waitForEnding(timeout: .seconds(5)) == .killed(signal: SIGKILL))
  }

  @Test func aProgramThatCannotRunSaysWhy() throws {
    let lab = try Lab()
    defer { lab.close() }
    let missing = #expect(throws: LabError.self) { try lab.client.spawn("no-such-program") }
    #expect(missing?.description.hasPrefix("no program \"no-such-program\" along PATH") == true)
    #expect(throws: LabError.systemCall("starting /etc/passwd", Errno(rawValue: EACCES))) {
      try lab.client.spawn("/etc/passwd")
    }
  }

  /// A program gets its three streams and nothing else of ours.
  @Test func descriptorsStayOurs() throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect()
    let (said, _) = try output("ls", ["/proc/self/fd"], on: lab.client)
    // 3 is what ls itself has open.
    #expect(said.split(separator: "\n") == ["0", "1", "2", "3"])
    connection.close()
  }
}
