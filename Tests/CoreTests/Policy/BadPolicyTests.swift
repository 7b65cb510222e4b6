import Flatline
import FlatlineTestKit
import Testing

/// Every wrong policy file gets one clear line.
struct BadPolicyTests {
  @Test(arguments: BadPolicy.names + BadPolicy.values + BadPolicy.rules + BadPolicy.texts)
  func isRefusedInOneClearLine(bad: BadPolicy) throws {
    let error = try #require(throws: PolicyError.self) {
      try Policy(json: bad.bytes, registry: .builtIn)
    }
    let line = error.from("my.json").description
    #expect(!line.contains { $0.isNewline })
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.properties.generalCategory == .format })
    #expect(line.count < 400, "\(line.count) characters: \(line)")
    #expect(line.hasPrefix("my.json: "))
    #expect(!error.place.isEmpty)
    #expect(error.place.hasPrefix(bad.place))
    #expect(error.found.contains(bad.found))
    #expect(error.allowed.contains(bad.allowed))
    if let suggestion = bad.suggestion {
      #expect(error.suggestion == suggestion)
      #expect(line.hasSuffix("did you mean \"\(suggestion)\"?"))
    }
  }

  @Test func everyTruncationOfANamedPolicyIsRefused() {
    let text = Array(Policy.fastPath.json.utf8)
    for length in stride(from: 0, to: text.count - 1, by: 7) {
      #expect(throws: PolicyError.self) { try Policy(json: Array(text[..<length]), registry: .builtIn) }
    }
  }

  @Test func noSingleWrongByteCrashesTheReader() {
    var random = SeededGenerator(seed: 3)
    let text = Array(Policy.lan.json.utf8)
    for _ in 0..<300 {
      var broken = text
      broken[Int.random(in: broken.indices, using: &random)] = .random(in: 0...255, using: &random)
      do throws(PolicyError) {
        _ = try Policy(json: broken, registry: .builtIn)
      } catch {
        #expect(error.description.count < 400)
        #expect(!error.description.contains { $0.isNewline })
      }
    }
  }

  /// As large as a file may be, and made only of rules that remember.
  @Test(.timeLimit(.minutes(1))) func manyTimedRulesAreCheckedSoon() throws {
    let rules = Array(repeating: "{sustained:'epoll',for:'1s'}", count: 30_000).joined(separator: ",")
    _ = try Policy(json: Array(BadPolicy.rule("{all:[\(rules)]}").utf8), registry: .builtIn)
  }

  @Test func policiesFromCodeAreCheckedToo() throws {
    let twice = Policy(
      name: "twice", detectors: [DetectorUse("epoll"), DetectorUse("epoll")], suspect: "epoll", dead: "epoll")
    let error = try #require(throws: PolicyError.self) { try twice.validate(with: .builtIn) }
    #expect(error.place == "detectors.epoll")
    let many = Policy(
      name: "many", detectors: (0...64).map { DetectorUse(DetectorName(rawValue: "d\($0)")) }, suspect: "d0",
      dead: "d0")
    #expect(throws: PolicyError.self) { try many.validate(with: .puppets) }
  }
}
