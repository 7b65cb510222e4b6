import Foundation
import Testing

/// An article of the documentation, for tests of what its tables say.
struct Article {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private let text: String

  init(_ name: String) throws {
    text = try Article.source("Sources/Flatline/Flatline.docc/\(name).md")
  }

  /// The text of a file of this repository.
  static func source(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The cells of each row below a heading, the table's head left out.
  func rows(below heading: String) throws -> [[String]] {
    let after = try #require(
      text.components(separatedBy: "\n## \(heading)\n").dropFirst().first, "\(heading)")
    let lines = after.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| ") }
    return lines.dropFirst(2).map { line in
      line.dropFirst(2).dropLast(2).components(separatedBy: " | ").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
  }

  /// The first name in backticks of each row below a heading.
  func firstNames(below heading: String) throws -> [String] {
    try rows(below: heading).compactMap { Article.names(in: $0[0]).first }
  }

  /// The names in backticks in a text.
  static func names(in text: String) -> [String] {
    text.matches(of: /`([^`]+)`/).map { String($0.output.1) }
  }
}
