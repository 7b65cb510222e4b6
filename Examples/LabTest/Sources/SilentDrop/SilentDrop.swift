import FlatlineLab
import Foundation

/// Runs a program, in whatever language, on a network that goes silent, and checks that it notices:
///
///     silent-drop --within SECONDS PROGRAM ARGUMENT...
///     silent-drop --unnoticed PROGRAM ARGUMENT...
///
/// A server's address and port are added to the program's arguments. A second after it has connected every packet
/// vanishes. It must then print a line with "dead pathSilent" within so many seconds and end with status 3; or,
/// with --unnoticed, end with status 0 and without such a line.
@main
struct SilentDrop {
  private static let patience = DispatchTimeInterval.seconds(60)

  static func main() throws {
    var words = CommandLine.arguments.dropFirst()
    let mode = words.popFirst()
    let limit = mode == "--within" ? words.popFirst().flatMap(Double.init) : nil
    guard limit != nil || mode == "--unnoticed", let program = words.popFirst() else {
      end("usage: silent-drop --within SECONDS | --unnoticed PROGRAM ARGUMENT...", status: 2)
    }
    let lab = try Lab()
    defer { lab.close() }
    let output = try Output()
    let process = try lab.client.spawn(
      program, words + ["\(lab.server.address)", "\(lab.peer.port)"], output: output.writer)
    output.closeWriter()
    // Its end ends its output, and with that every wait below.
    DispatchQueue.global().asyncAfter(deadline: .now() + patience) { process.kill() }

    guard output.line(containing: "connected") else { end("it did not connect") }
    sleep(1)
    try lab.path.update { $0.blackhole = true }
    let silence = ContinuousClock.now
    let isNoticed = output.line(containing: "dead pathSilent")
    let delay = ContinuousClock.now - silence
    let ending = process.waitForEnding(timeout: .seconds(30))
    guard let limit else {
      if isNoticed || ending != .exited(0) { end("noticed all the same: \(String(describing: ending))") }
      return print("unnoticed, as it must be without a watch")
    }
    guard isNoticed, ending == .exited(3) else { end("not noticed: \(String(describing: ending))") }
    print("noticed \(delay) after the silence began")
    if delay > .seconds(limit) { end("later than \(limit) s") }
  }

  private static func end(_ message: String, status: Int32 = 1) -> Never {
    FileHandle.standardError.write(Data("silent-drop: \(message)\n".utf8))
    exit(status)
  }
}
