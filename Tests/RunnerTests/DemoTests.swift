import FlatlineTestSupport
import Foundation
import Glibc
import Testing

@Suite("Demo", .serialized)
struct DemoTests {
  /// Marks every process of one run of the demo, and finds them.
  private struct Mark {
    let text = UUID().uuidString
    var environment: [String: String] { ["FLATLINE_TEST_MARK": text] }

    /// The processes that carry the mark, zombies aside: those have no environment left.
    var processes: [pid_t] {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return entries.compactMap { pid_t($0) }.filter { pid in
        // A process that has just ended, or is another user's.
        let environment = try? FileHandle(forReadingAtPath: "/proc/\(pid)/environ")?.readToEnd()
        return environment?.range(of: Data(text.utf8)) != nil
      }
    }

    /// Whether all are gone within a few seconds.
    func isGone() -> Bool {
      for _ in 0..<100 {
        if processes.isEmpty { return true }
        usleep(50_000)
      }
      return false
    }
  }

  @Test("It shows every verdict and ends with 0, leaving nothing behind")
  func whole() throws {
    let mark = Mark()
    let outcome = try Flatline.run(["demo"], environment: mark.environment)
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    let verdicts = outcome.output.filter { $0.hasPrefix("As expected: ") }
      .compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) }
    #expect(verdicts == ["dead(peerClosed),", "dead(peerReset),", "dead(peerClosed),", "dead(peerHung),"])
    #expect(outcome.errors == [])
    #expect(mark.processes == [])
  }

  /// In the last scene its server is frozen: the hardest to get rid of.
  @Test("Interrupted or killed, it leaves nothing behind", arguments: [SIGINT, SIGTERM, SIGKILL])
  func interrupted(_ signal: Int32) throws {
    let mark = Mark()
    let demo = try Flatline.start(["demo"], environment: mark.environment)
    try demo.waitForLine(containing: "SIGSTOP", timeout: .seconds(30))
    #expect(mark.processes.count == 2)
    Glibc.kill(demo.pid, signal)
    let ending = try demo.waitForExit()
    #expect(ending == (signal == SIGKILL ? .killed(signal: SIGKILL) : .exited(130)))
    #expect(mark.isGone())
  }
}
