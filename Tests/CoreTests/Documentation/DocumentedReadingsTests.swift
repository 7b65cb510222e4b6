import FlatlineCore
import Testing

/// The article "What a detector can read" has all that there is to read.
struct DocumentedReadingsTests {
  private static let readings = "TCP_INFO, as the kernel has it"
  private static let derived = "Worked out from these"
  private let article: Article

  init() throws { article = try Article("WhatADetectorCanRead") }

  @Test func everyPropertyOfALookIsInTheTable() throws {
    let properties = try publicProperties(in: "Sources/Core/Detecting/Look.swift")
    #expect(properties.count > 10)
    #expect(try article.firstNames(below: "The look").sorted() == properties.sorted())
  }

  @Test func everyFieldOfTCPInfoIsInATable() throws {
    let properties = try ["TCPInfo", "WindowProbes"].flatMap {
      try publicProperties(in: "Sources/Core/Kernel/\($0).swift")
    }
    #expect(properties.count > 20)
    let documented = try article.firstNames(below: Self.readings) + article.firstNames(below: Self.derived)
    #expect(documented.sorted() == properties.sorted())
  }

  /// What the kernel's structure says is read, and nothing else.
  @Test func everyFieldOfTheKernelThatIsReadIsInATable() throws {
    let header = try Article.source("Sources/CFlatline/include/CFlatline.h")
    let structure = try #require(header.firstMatch(of: /struct flatline_tcp_reading \{([^}]+)\}/)).output.1
    // How much the kernel filled in is no field of the kernel's.
    let fields = structure.matches(of: /uint\d+_t (\w+);/).map { "tcpi_" + $0.output.1 }
      .filter { $0 != "tcpi_reported" }
    #expect(
      try article.rows(below: Self.readings).flatMap { Article.names(in: $0[1]) }.sorted() == fields.sorted())
    for row in try article.rows(below: Self.derived) {
      for name in Article.names(in: row[1]) { #expect(fields.contains(name)) }
    }
  }

  @Test func everyReadingHasItsUnitMeaningAndKernel() throws {
    for row in try article.rows(below: Self.readings) {
      try #require(row.count == 5, "\(row)")
      #expect(row.allSatisfy { !$0.isEmpty }, "\(row)")
      #expect(row[4].wholeMatch(of: /\d\.\d+/) != nil, "\(row)")
    }
  }

  /// The names of the properties that a file declares as public.
  private func publicProperties(in path: String) throws -> [String] {
    try Article.source(path).matches(of: /\n *public (?:private\(set\) )?(?:var|let) (\w+)/)
      .map { String($0.output.1) }
  }
}
