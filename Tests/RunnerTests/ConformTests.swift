import FlatlineTestSupport
import Foundation
import Testing

/// `flatline conform`: a line for each rule, also of a rule that ended its process.
@Suite struct ConformTests {
  /// The rules and the verdicts of an output.
  private func verdicts(_ lines: [String]) -> [String: String] {
    let pairs = lines.map { line in
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      return (parts[0], parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
    }
    return Dictionary(pairs) { $1 }
  }

  @Test func aBuiltInDetectorBreaksNoRule() throws {
    let outcome = try Flatline.run(["conform", "progress", "--rule", "leavesBytes"])
    #expect(outcome.status == 0)
    #expect(outcome.output == ["leavesBytes                 kept"])
    let source = try Flatline.run(["conform", "progress", "--rule=drainsItsSource"])
    #expect(source.output.first?.hasSuffix("learned nothing: it has no shared source") == true)
    #expect(source.status == 0)
  }

  @Test func aProtocolOfOnesOwnIsTriedRuleByRule() throws {
    let outcome = try Flatline.run(["conform", "knock"], by: Flatline.ownRunner)
    let verdicts = verdicts(outcome.output)
    #expect(outcome.status == 1)
    #expect(outcome.output.count == verdicts.count)
    #expect(verdicts["countsNoPongWithoutPing"]?.hasPrefix("broken: with noise it counted") == true)
    #expect(verdicts["takesAnyPieces"] == "learned nothing: there is no transcript of a real peer")
    #expect(verdicts["keepsMemoryBounded"] == "kept")
    let json = try Flatline.run(["conform", "knock", "--json"], by: Flatline.ownRunner)
    #expect(json.status == 1)
    for line in json.output {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["name"] as? String == "knock")
      let rule = try #require(object["rule"] as? String)
      #expect(verdicts[rule]?.hasPrefix(object["verdict"] as? String ?? "?") == true)
    }
  }

  @Test func aRecordingIsATranscript() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("+PONG\r\n", to: "answers")
    let outcome = try Flatline.run(["conform", "redis", "--answers", path, "--rule", "takesAnyPieces"])
    #expect(outcome.output == ["takesAnyPieces              kept"])
  }

  @Test func aTrapIsALineOfItsOwn() throws {
    let outcome = try Flatline.run(["conform", "trapping"], by: Flatline.ownRunner)
    #expect(outcome.status == 1)
    let broken = outcome.output.filter { $0.contains("broken: its process was ended by SIG") }
    #expect(broken.contains { $0.contains("survivesTCPState") && $0.contains("of trapping, in the state") })
    #expect(outcome.output.contains { $0.hasPrefix("leavesBytes ") && $0.hasSuffix("kept") })
  }

  @Test(arguments: [
    (["conform"], "NAME: found nothing"),
    (["conform", "progres"], "did you mean \"progress\"?"),
    (["conform", "progress", "--rule", "x"], "--rule: found \"x\""),
    (["conform", "progress", "--set", "x"], "KEY=VALUE"),
    (["conform", "progress", "--set", "x=1"], "unknown setting \"x\""),
    (["conform", "progress", "--answers", "x"], "with a heartbeat protocol"),
    (["conform", "redis", "--set", "x=1"], "with a detector"),
  ])
  func saysWhatIsWrong(arguments: [String], words: String) throws {
    let outcome = try Flatline.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.first?.contains(words) == true, "\(outcome.errors)")
  }
}
