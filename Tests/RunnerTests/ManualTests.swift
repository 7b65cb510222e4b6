import FlatlineTestSupport
import Foundation
import Testing

/// The manual page says what the command says.
struct ManualTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "Documentation/flatline.1")

  /// The words of a command's help that are its options.
  private func options(_ help: [String]) -> Set<String> {
    let words = help.flatMap { $0.split { !($0.isLetter || $0 == "-") } }.map(String.init)
    return Set(words.filter { $0.hasPrefix("--") && $0.count > 2 })
  }

  @Test func hasEveryCommandAndOption() throws {
    // As it is read: `\-` is a hyphen.
    let page = try String(contentsOf: Self.page, encoding: .utf8).replacingOccurrences(of: "\\-", with: "-")
      .replacingOccurrences(of: "Fl -", with: "--")
    let overview = try Flatline.run(["--help"]).output
    let commands = overview.filter { $0.hasPrefix("  flatline ") }.compactMap {
      $0.split(separator: " ").dropFirst().first
    }
    #expect(commands.count >= 8)
    let synopsis = try #require(page.split(separator: ".Sh ").first { $0.hasPrefix("SYNOPSIS") })
    for command in commands {
      let isTold = page.contains(".Cm \(command)")
      #expect(isTold, "\(command)")
      for option in options(try Flatline.run(["help", String(command)]).output) {
        let isTold = synopsis.contains(option) || option == "--help"
        #expect(isTold, "\(command) \(option)")
      }
    }
    // And nothing that is not there.
    let known = Set(try commands.flatMap { options(try Flatline.run(["help", String($0)]).output) })
      .union(["--help", "--version"])
    #expect(options(page.split(separator: "\n").map(String.init)).subtracting(known).isEmpty)
  }

  @Test func everyExitStatusIsTold() throws {
    let page = try String(contentsOf: Self.page, encoding: .utf8)
    for status in [0, 1, 2, 3, 130, 141] {
      let isTold = page.contains(".It \(status)\n")
      #expect(isTold, "\(status)")
    }
  }
}
