import Flatline
import Testing

/// The article "What each cause means" has every cause, with a detector that finds it and what to do.
struct DocumentedCausesTests {
  private static let heading = "The causes"
  private let article: Article

  init() throws { article = try Article("WhatEachCauseMeans") }

  @Test func everyCauseIsInTheTable() throws {
    let source = try Article.source("Sources/Core/Model/Cause.swift")
    let causes = source.matches(of: /public static let \w+ = Cause\(rawValue: "(\w+)"\)/).map {
      String($0.output.1)
    }
    #expect(causes.count > 10)
    #expect(try article.firstNames(below: Self.heading).sorted() == causes.sorted())
  }

  @Test func everyCauseHasADetectorThatIsRegistered() throws {
    for row in try rows() {
      try #require(row.count == 4, "\(row)")
      let names = Article.names(in: row[2]).filter { $0.wholeMatch(of: /[a-z-]+/) != nil }
      #expect(!names.isEmpty, "\(row[0])")
      for name in names {
        #expect(DetectorRegistry.builtIn[DetectorName(rawValue: name)] != nil, "\(row[0]): \(name)")
      }
    }
  }

  /// The page's own code says the same as its table.
  @Test func theSwitchAgreesWithTheTable() throws {
    let page = try Article.source("Sources/Flatline/Flatline.docc/WhatEachCauseMeans.md")
    var retries: [String: String] = [:]
    for line in page.matches(of: /\n  case (\.[^:\n]+): \.(\w+)/) {
      for cause in line.output.1.split(separator: ", ") {
        retries[String(cause.dropFirst())] = String(line.output.2)
      }
    }
    let words = ["atOnce": "at once", "elsewhere": "elsewhere", "later": "later", "never": "never"]
    for row in try rows() {
      let cause = Article.names(in: row[0]).first ?? ""
      let word = try #require(retries[cause].flatMap { words[$0] }, "\(cause)")
      #expect(row[3].hasPrefix(word), "\(cause): \(row[3])")
    }
    #expect(try retries.count == rows().count)
  }

  private func rows() throws -> [[String]] { try article.rows(below: Self.heading) }
}
