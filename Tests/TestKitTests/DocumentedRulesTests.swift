import FlatlineTestKit
import Foundation
import Testing

/// The tables of the documentation have the rules as the kit describes them.
@Suite struct DocumentedRulesTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "Sources/TestKit/FlatlineTestKit.docc/FlatlineTestKit.md")

  @Test func tablesHaveEveryRule() throws {
    let rows = try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("| `") }.map(String.init)
    #expect(
      rows == ConformanceRule.allCases.map { "| `\($0)` | \($0.summary) |" }
        + HeartbeatRule.allCases.map { "| `\($0)` | \($0.summary) |" })
  }
}
