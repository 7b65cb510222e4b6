import Flatline

/// Reports a watch on standard output, in the form the user chose, each line at once.
struct WatchOutput {
  private let output: StandardOutput
  private let form: (WatchReport) -> String

  init(start: MonotonicTime, isJSON: Bool, _ output: StandardOutput) {
    self.output = output
    if isJSON {
      form = JSONReport(start: start).line
    } else {
      form = Timeline(start: start, style: Style()).line
    }
  }

  func tell(_ report: WatchReport) throws(CommandError) {
    try output.write(form(report))
  }
}
