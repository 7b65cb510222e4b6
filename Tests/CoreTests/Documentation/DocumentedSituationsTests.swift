import Flatline
import Foundation
import Testing

/// The article "What people meet" says of each situation what happens, what Flatline says and what to do, in names that
/// exist.
struct DocumentedSituationsTests {
  private static let parts = ["**What happens.** ", "**What Flatline says.** ", "**What to do.** "]
  private let page: String

  init() throws { page = try Article.source("Sources/Flatline/Flatline.docc/WhatPeopleMeet.md") }

  private var situations: [(title: String, text: String)] {
    page.components(separatedBy: "\n## ").dropFirst().map { section in
      let lines = section.split(separator: "\n", maxSplits: 1).map(String.init)
      return (lines[0], lines.count > 1 ? lines[1] : "")
    }.filter { $0.title != "Overview" }
  }

  @Test func eachSaysWhatHappensWhatFlatlineSaysAndWhatToDo() {
    #expect(situations.count == 17)
    for (title, text) in situations {
      let paragraphs = text.components(separatedBy: "\n\n").map {
        $0.trimmingCharacters(in: .newlines)
      }
      .filter { !$0.isEmpty }
      #expect(paragraphs.count == Self.parts.count, "\(title)")
      for (paragraph, part) in zip(paragraphs, Self.parts) {
        #expect(paragraph.hasPrefix(part), "\(title): \(paragraph)")
      }
    }
  }

  /// A word in backticks that looks like a cause is one: of a `dead(…)`, or after "the cause".
  @Test func everyCauseExists() throws {
    let source = try Article.source("Sources/Core/Model/Cause.swift")
    let causes = Set(source.matches(of: /rawValue: "(\w+)"/).map { String($0.output.1) })
    let dead = page.matches(of: /`dead\((\w+)\)`/).map { String($0.output.1) }
    let named = page.matches(of: /(?:the cause|`suspect` with) `(\w+)`/).map { String($0.output.1) }
    #expect(dead.count >= 4 && named.count >= 3)
    for cause in dead + named { #expect(causes.contains(cause), "\(cause)") }
  }

  @Test func everyPolicyDetectorAndArticleExists() throws {
    for name in Article.names(in: page) where Self.policies.contains(name) {
      #expect(NamedPolicies.all.contains { $0.name == name }, "\(name)")
    }
    for name in ["keepalive", "tcp-info", "link", "icmp"] {
      #expect(Article.names(in: page).contains(name))
      #expect(DetectorRegistry.builtIn[DetectorName(rawValue: name)] != nil, "\(name)")
    }
    for match in page.matches(of: /<doc:(\w+)>/) {
      #expect(throws: Never.self) { try Article(String(match.output.1)) }
    }
  }

  private static let policies: Set<String> = ["lan", "fast-path", "wan", "mobile", "patient"]

  /// Types and members that the page names.
  @Test(
    arguments: [
      ("PingOutcome.notNow", "Sources/Core/Detecting/Pinger.swift", "case notNow"),
      ("Monitor.timeAsleep", "Sources/Core/Monitor/Monitor.swift", "var timeAsleep"),
      ("PeerGone.isOrderly", "Sources/Flatline/App/PeerGone.swift", "var isOrderly"),
      ("flatline_change.orderly", "Sources/CHeader/include/flatline.h", "int32_t orderly;"),
      ("flatline_ping", "Sources/CHeader/include/flatline.h", "(*flatline_ping)"),
      ("AppPinger", "Sources/Core/Detecting/Pinger.swift", "struct AppPinger"),
      ("isReusable", "Sources/Core/Kernel/IsReusable.swift", "func isReusable"),
      ("answered_within_km", "Sources/Core/Kernel/AnswerDistance.swift", "\"answered_within_km\""),
      ("option_changed", "Sources/Core/Monitor/Engine+Options.swift", "\"option_changed\""),
    ])
  func everyNameExists(name: String, file: String, declaration: String) throws {
    #expect(Article.names(in: page).contains { $0.contains(name) }, "\(name)")
    #expect(try Article.source(file).contains(declaration), "\(file): \(declaration)")
  }
}
