import FlatlineTestSupport
import Foundation
import Testing

@Suite("Explain")
struct ExplainTests {
  @Test("Every policy is explained, as a table and as JSON", arguments: PoliciesTests.names)
  func named(_ name: String) throws {
    let table = try Flatline.run(["explain", name])
    #expect(table.status == 0)
    #expect(table.errors == [])
    #expect(table.output.first?.hasPrefix("\(name): ") == true)
    #expect(table.output.contains { $0.hasPrefix("silent-drop ") })
    #expect(table.output.last?.hasPrefix("note: Only TCP's next hop is watched.") == true)
    let json = try Flatline.run(["explain", name, "--json"])
    #expect(json.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.joined().utf8)) as? [String: Any])
    #expect(object["policy"] as? String == name)
    #expect(object["rtt_ms"] as? Double == 0.1)
    let promises = try #require(object["promises"] as? [[String: Any]])
    // A stream that cannot be pinged is a matter of policies that ping.
    let pings = promises.contains { $0["traffic"] as? String == "heartbeat" }
    #expect(Set(promises.compactMap { $0["fault"] as? String }).count == (pings ? 35 : 34))
  }

  @Test("A documented policy says what it survives")
  func survives() throws {
    let table = try Flatline.run(["explain", "fast-path"]).output
    #expect(table.contains { $0.contains("packet loss") && $0.hasSuffix("10%, both ways") })
    #expect(table.contains { $0.contains("pauses of the peer's program") && $0.hasSuffix("  5s") })
    #expect(table.contains { $0.contains("our own program does not read") })
    func survives(_ policy: String) throws -> [String: Any]? {
      let json = try Flatline.run(["explain", policy, "--json"]).output.joined()
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      return object?["survives"] as? [String: Any]
    }
    let lan = try #require(try survives("lan"))
    #expect(lan["program_pause_ms"] as? Double == 500)
    #expect(lan["hindrances"] as? [String] == ["back-pressure", "accept-queue-full", "busy-stream"])
    #expect(try survives("heartbeat") == nil)
    #expect(try !Flatline.run(["explain", "heartbeat"]).output.contains { $0.contains("Survived") })
  }

  @Test("Any policy file, on any path")
  func file() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      """
      {detectors: {keepalive: {accelerated: false}, 'user-timeout': {timeout: '2s'}},
        suspect: 'keepalive', dead: {any: ['keepalive', 'user-timeout']}}
      """, to: "odd.json")
    let near = try Flatline.run(["explain", file])
    #expect(near.status == 0)
    #expect(near.output.contains { $0.hasPrefix("warning: ") && $0.contains("one lost probe") })
    #expect(near.output.contains { $0.contains("tcp_keepalive_timer") })
    let far = try Flatline.run(["explain", file, "--rtt", "200ms"])
    #expect(far.status == 0)
    #expect(far.output != near.output)
    #expect(far.output.contains { $0.contains("200ms round trip") })
  }

  @Test("The app's own time-out is counted")
  func userTimeout() throws {
    let plain = try Flatline.run(["explain", "fast-path"])
    #expect(!plain.output.contains { $0.hasPrefix("warning: ") })
    let outcome = try Flatline.run(["explain", "fast-path", "--user-timeout", "3s"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains { $0.hasPrefix("warning: ") && $0.contains("user time-out 3s") })
  }

  @Test(
    "Wrong usage is one line and exit 2",
    arguments: [
      (["explain"], "NAME|FILE: found nothing"), (["explain", "fastpath"], "did you mean \"fast-path\"?"),
      (["explain", "lan", "--rtt", "0s"], "--rtt: found \"0s\""),
      (["explain", "lan", "--user-timeout", "25h"], "at most 24h"),
      (["explain", "lan", "--rtt", "2h"], "at most 1h"), (["explain", "./none.json"], "No such file"),
    ])
  func wrong(_ arguments: [String], _ part: String) throws {
    let outcome = try Flatline.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains(part) == true, "\(outcome.errors)")
  }
}
