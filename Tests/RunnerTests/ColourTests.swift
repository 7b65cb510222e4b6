import Testing

@Suite("Colour")
struct ColourTests {
  private static let escape: Character = "\u{1B}"

  /// Runs a short watch on a terminal that script(1) makes.
  private func onTerminal(_ environment: [String: String]) throws -> String {
    let server = try Flatline.serve()
    let outcome = try Flatline.shell(
      "script -qec \"$FLATLINE watch \(server.address) --for 100ms\" /dev/null", environment: environment)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains { $0.contains("attached") })
    return outcome.output.joined(separator: "\n")
  }

  @Test("On a terminal")
  func terminal() throws {
    #expect(try onTerminal(["TERM": "xterm"]).contains(Self.escape))
    #expect(try onTerminal(["TERM": "xterm", "NO_COLOR": ""]).contains(Self.escape))
  }

  @Test("Not where it is not wanted", arguments: [["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "dumb"]])
  func unwanted(_ environment: [String: String]) throws {
    #expect(try !onTerminal(environment).contains(Self.escape))
  }

  @Test("Not in a pipe")
  func pipe() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.run(
      ["watch", server.address, "--for", "100ms"], environment: ["TERM": "xterm"])
    #expect(!outcome.output.joined().contains(Self.escape))
  }
}
