import FlatlineTestSupport
import Foundation
import Glibc

/// A server program started for one test, on a free port of 127.0.0.1, with a directory of its own. All its
/// processes are killed when it goes.
final class RealServer: Sendable {
  /// What a test needs and does not find.
  struct Missing: Error, CustomStringConvertible {
    let program: String
    let package: String

    var description: String { "\(program) is not installed: apt-get install \(package)" }
  }

  let port: UInt16
  private let process: ChildProcess
  private let directory: TemporaryDirectory

  init(_ process: ChildProcess, port: UInt16, directory: TemporaryDirectory) {
    self.process = process
    self.port = port
    self.directory = directory
  }

  deinit {
    // Not the master alone: its children do not all die with it.
    let family = [process.pid] + ProcessTree.descendants(of: process.pid)
    for pid in family { kill(pid, SIGKILL) }
  }

  var pid: pid_t { process.pid }

  /// Waits until the server takes connections.
  func waitUntilReady() throws {
    for _ in 0..<200 {
      if TCPPort.accepts(port) { return }
      if (try? process.waitForExit(timeout: .milliseconds(50))) != nil { break }
    }
    let said = process.lines.map(\.text).joined(separator: "\n")
    throw TestSupportError.timedOut(waitingFor: "port \(port) to answer; the server said:\n\(said)")
  }

  /// Where a program is, along PATH or in one of `directories`.
  static func find(_ program: String, package: String, in directories: [String] = []) throws(Missing)
    -> String
  {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let places = directories + path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
    for place in places where access("\(place)/\(program)", X_OK) == 0 { return "\(place)/\(program)" }
    throw Missing(program: program, package: package)
  }
}
