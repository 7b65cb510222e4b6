/// A report as one self-contained HTML page: no network, no other file. Light and dark, by keyboard and by screen
/// reader, on wide screens and on phones.
public struct LabPage: Sendable {
  private let report: LabReport

  /// - Parameter report: what to show.
  public init(_ report: LabReport) {
    self.report = report
  }

  /// The page as UTF-8 text.
  public var html: String {
    let setting = report.setting
    let body: Markup = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Flatline lab: which policy tells what, and when</title><link rel="icon" href="data:,">
      <style>\(Markup(raw: PageStyle.css))</style></head><body>
      <a class="skip" href="#main">Skip to the results</a>
      <header><h1>Flatline lab</h1><button id="theme" type="button" hidden>Dark</button></header>
      <main id="main">
      \(ChoiceSection(report.records).markup)
      <p>Faults made for real between two hosts of this machine, with the kernel’s own TCP, and what each policy made of
      them.</p>
      <p class="soft small"><code>\(setting.command)</code><br>\(setting.date), Linux \(setting.kernel),
      \(PageWords.path(setting.conditions)), seed \(setting.seed),
      \(setting.repetitions == 1 ? "one run" : "\(setting.repetitions) runs") in
      \(ReportWords.duration(setting.duration))\(setting.forwarderDelay.map { ", the forwarder adding \(ReportWords.duration($0))" } ?? "")\
      \(setting.lateness.map { ", threads waking up to \(ReportWords.duration($0)) late (99%)" } ?? "").</p>
      \(SummarySection(report.records).markup)
      \(MatrixSection(report.records).markup)
      \(PromiseSection(report.records).markup)
      \(QualitySection(report.records).markup)
      \(TradeOffSection(report.tradeOff).markup)
      \(FieldSection(report.field).markup)
      \(TimelineSection(report.records).markup)
      </main>
      <footer>Made by <code>flatline lab</code>. Times are from the moment the fault was made; where there were several
      runs, the slowest is shown.</footer>
      <script>\(Markup(raw: PageScript.javaScript))</script>
      </body></html>

      """
    return body.description
  }
}
