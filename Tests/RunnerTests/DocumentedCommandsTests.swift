import Flatline
import FlatlineTestSupport
import Foundation
import Testing

@testable import FlatlineTool

/// Every command line in the documentation is one that the program takes. Nothing is run: a command reads all of its
/// arguments before it does anything.
struct DocumentedCommandsTests {
  /// What stands for a value in a synopsis, and a value.
  private static let placeholders = [
    "HOST:PORT": "localhost:80", "ADDR:PORT": "127.0.0.1:80", "NAME|FILE": "lan", "NAME": "lan", "PID": "1",
    "PROTOCOL": "redis", "DURATION": "30s", "FILE": "file.json", "COMMAND": "watch",
  ]

  @Test(arguments: DocumentedCommand.all)
  func isTaken(_ documented: DocumentedCommand) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("flatline-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var words = documented.words
    for index in words.indices {
      // The name of a fault is none of a policy.
      let isFault = index > 0 && words[index - 1] == "--fault" && words[index] == "NAME"
      // Nor is that of a detector.
      let isDetector = index == 1 && words[0] == "conform" && words[1] == "NAME"
      words[index] =
        isFault ? "reset" : isDetector ? "tcp-info" : Self.placeholders[words[index]] ?? words[index]
      // A file that the reader is to have.
      let file = folder.appendingPathComponent(String(words[index].split(separator: "/").last ?? ""))
      if words[index].hasSuffix(".json") {
        try Data(#"{"detectors": {"epoll": {}}, "suspect": "epoll", "dead": "epoll"}"#.utf8).write(to: file)
        words[index] = file.path
      } else if words[index].hasSuffix(".html") {
        words[index] = file.path
      }
    }
    let surroundings = ToolSurroundings(program: "flatline", registry: .builtIn, protocols: .builtIn)
    let command = try Commands(surroundings: surroundings).named(try #require(words.first))
    // A command's name alone is a mention of it, with or without what it needs.
    if words.count == 1, documented.isInline { return }
    let rest = Array(words.dropFirst())
    do {
      _ = try command.type.init(Arguments(rest, for: command.description), surroundings)
    } catch {
      Issue.record("\(documented): \(error.message)")
    }
  }

  @Test func documentationHasCommands() {
    #expect(DocumentedCommand.all.count > 30)
    #expect(DocumentedCommand.all.contains { $0.words.starts(with: ["watch", "HOST:PORT", "--policy"]) })
    #expect(DocumentedCommand.all.contains { $0.words == ["lab", "--field"] && $0.isInline })
  }
}
