import Foundation

/// A `flatline …` line of a Markdown file of this repository.
struct DocumentedCommand: CustomStringConvertible, Sendable {
  let file: String
  /// What follows `flatline`; a synopsis without its brackets.
  let words: [String]
  /// Whether it stands within a sentence.
  let isInline: Bool

  var description: String { "\(file): flatline \(words.joined(separator: " "))" }

  static let all: [DocumentedCommand] = files.flatMap { name in
    // A file that is listed and cannot be read has no commands; the count of all would show it.
    let text = (try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)) ?? ""
    return block(text).map { DocumentedCommand(file: name, words: $0, isInline: false) }
      + inline(text).map { DocumentedCommand(file: name, words: $0, isInline: true) }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static var files: [String] {
    let folders = ["", "Documentation", "Sources", "Examples", "Benchmarks"]
    return folders.flatMap { folder -> [String] in
      let place = root.appendingPathComponent(folder)
      let names =
        folder.isEmpty
        ? try? FileManager.default.contentsOfDirectory(atPath: place.path)
        : try? FileManager.default.subpathsOfDirectory(atPath: place.path)
      return (names ?? []).filter { $0.hasSuffix(".md") && !$0.contains(".build") }
        .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }
  }

  /// Those of code blocks: the line from `flatline` on, up to what the shell or a remark begins.
  private static func block(_ text: String) -> [[String]] {
    let joined = text.replacing(/\\\n\s*/, with: "")
    return joined.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("    "),
        let match = line.firstMatch(of: /(^ +|\$ |run |; )flatline (?<rest>[a-z].*)/)
      else { return nil }
      return words(match.rest.replacing(/(  | # |;| & | \| ).*/, with: ""))
    }
  }

  /// Those between backticks.
  private static func inline(_ text: String) -> [[String]] {
    text.matches(of: /`flatline (?<rest>[a-z][^`…]*)`/).map { words($0.rest.replacing("\n", with: " ")) }
  }

  private static func words(_ text: Substring) -> [String] {
    // A synopsis has brackets, and dots for what may be repeated.
    text.replacing(/\[|\]|\.\.\./, with: "").split(separator: " ").map(String.init)
  }
}
