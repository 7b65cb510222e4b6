import Flatline
import FlatlineExperiments
import FlatlineLab
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
}
