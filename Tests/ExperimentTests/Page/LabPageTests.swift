import Flatline
import FlatlineExperiments
import FlatlineLab
import Foundation
import Testing

/// The page as text.
struct LabPageTests {
  private static let full = SampleReport.page

  @Test func aFullPageIsSmallAndNeedsNothing() {
    #expect(LabPageTests.full.utf8.count < 2_000_000)
    for part in ["http://", "https://", "src=", "@import", "url("] {
      #expect(!LabPageTests.full.contains(part), "\(part)")
    }
  }

  @Test func theTableIsARealOne() {
    #expect(LabPageTests.full.contains("<caption>Time to the verdict, by fault and policy</caption>"))
    #expect(LabPageTests.full.contains("<th scope=\"col\">kernel-only</th>"))
    #expect(LabPageTests.full.contains("<th scope=\"row\">in-flight</th>"))
    #expect(LabPageTests.full.contains("aria-label=\"fast-path, silent-drop, idle: "))
    #expect(LabPageTests.full.contains("The plot as a table"))
    #expect(LabPageTests.full.contains("events as a table"))
  }

  @Test func everyLinkOfTheTableLeadsSomewhere() {
    let links = Set(LabPageTests.full.matches(of: /href="#([^"]+)"/).map { String($0.1) })
    let places = Set(LabPageTests.full.matches(of: /\ id="([^"]+)"/).map { String($0.1) })
    #expect(links.count > 100)
    #expect(links.subtracting(places) == [])
  }

  @Test func whatComesFromOutsideIsEscaped() {
    let name = "<script>alert(1)</script>&\"'"
    var policy = Policy.lan
    policy.name = name
    let fault = Fault("<b>fault", "a \"summary\" & <i>") { _, _ in {} }
    let trial = Trial(policy: policy, scenario: Scenario(fault), traffic: .idle)
    let result = Stories.result([Stories.dead(Cause(rawValue: "<img src=x>"), at: .seconds(1), by: "<u>")])
    let record = TrialRecord(trial, promise: Promise(of: trial), result: result)
    let setting = LabReport.Setting(
      command: "lab '</code><script>'", kernel: "<k>", date: "<d>", conditions: Conditions(), seed: 1,
      repetitions: 1, duration: .seconds(1))
    let html = LabPage(LabReport(setting: setting, records: [record])).html
    for part in ["<script>alert", "<b>fault", "<i>", "<img", "<k>", "<d>", "</code><script>", "<u>"] {
      #expect(!html.contains(part), "\(part)")
    }
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"))
  }

  @Test func aReportOfNothingIsAPageToo() {
    let setting = LabReport.Setting(
      command: "flatline lab", kernel: "6", date: "now", conditions: Conditions(), seed: 1, repetitions: 1,
      duration: .zero)
    let html = LabPage(LabReport(setting: setting, records: [])).html
    #expect(!html.contains("<table"))
    #expect(html.contains("</html>"))
  }

  @Test func opensWithARowForEachPolicy() throws {
    let choice = try #require(LabPageTests.full.range(of: "<h2 id=\"choice\">"))
    let tiles = try #require(LabPageTests.full.range(of: "<ul class=\"tiles\">"))
    #expect(choice.lowerBound < tiles.lowerBound)
    let table = LabPageTests.full[choice.lowerBound..<tiles.lowerBound]
    for policy in NamedPolicies.all {
      #expect(table.contains("<th scope=\"row\">\(policy.name)</th>"), "\(policy.name)")
    }
  }

  /// A rate from a mistake or none in a minute says next to nothing: it has no point, and the page says so.
  @Test func whatWasNotMeasuredLongEnoughHasNoPoint() throws {
    func quality(_ mistakes: Int, minutes: Int) throws -> TradeOffCurve.Point {
      let sweep = Sweep(conditions: Conditions(), repetitions: 1)
      let trials = sweep.trials.prefix(2)
      let records = trials.map { trial in
        let events =
          trial.scenario.isFault
          ? [Stories.dead(.pathSilent, at: .seconds(1))]
          : (0..<mistakes).flatMap { count in
            [
              Stories.dead(.pathSilent, at: .seconds(count)),
              Stories.alive(at: .seconds(count) + .milliseconds(300)),
            ]
          }
        return TrialRecord(
          trial, promise: Stories.promise(of: trial),
          result: Stories.result(events, length: .seconds(60 * minutes)))
      }
      return try #require(sweep.curves(records).first?.points.first)
    }
    #expect(try quality(3, minutes: 1).gap == "3 mistakes in 64.0 s")
    #expect(try quality(0, minutes: 1).gap == "0 mistakes in 64.0 s")
    #expect(try quality(4, minutes: 1).gap == nil)
    #expect(try quality(0, minutes: 10).gap == nil)
    #expect(LabPageTests.full.contains("settings, not measured long enough:</b>"))
    // The sample makes no mistake from its third step on: a mark has a title.
    let titles = LabPageTests.full.matches(of: /<title>[^<]* an hour<\/title>/)
    #expect(titles.count == 10, "\(titles.count)")
  }

  @Test func anAccountSaysWhatAPolicyFindsAndHowItIsMistaken() throws {
    func record(_ fault: Fault, _ traffic: Traffic, _ events: [TrialEvent]) -> TrialRecord {
      let trial = Stories.trial(.lan, fault, traffic)
      return TrialRecord(trial, promise: Stories.promise(of: trial), result: Stories.result(events))
    }
    let records = [
      record(.silentDrop, .idle, Stories.death(.pathSilent, at: .milliseconds(2200))),
      record(.silentDrop, .inFlight, Stories.death(.pathSilent, at: .milliseconds(1100))),
      record(.reset, .idle, Stories.death(.peerReset, at: .milliseconds(2))),
      record(.processFrozen, .idle, []),
      record(.loss30, .idle, [Stories.dead(.pathSilent, at: .seconds(9))]),
      record(.loss1, .idle, []),
    ]
    let account = try #require(PolicyAccount.all(in: records).first)
    #expect(
      AccountWords.sentences(account)
        == "Finds 2 of 3 faults under all traffic tried; not always: process-frozen (idle). "
        + "A silent peer is dead after at most 2.20 s idle, 1.10 s in-flight; "
        + "a closed or reset connection after at most 2.0 ms. "
        + "Called a living peer dead in loss-30, which it does not promise to survive; "
        + "1 suspicion in 2 min of trouble.")
  }
}
