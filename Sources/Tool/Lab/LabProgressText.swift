import Flatline
import FlatlineExperiments

/// What a run's progress is in words.
enum LabProgressText {
  /// The trials of a run: `30 trials and 48 for the plot of speed against mistakes`.
  static func trials(_ count: Int, ofThemForPlot plot: Int) -> String {
    guard plot > 0 else { return "\(count) trials" }
    return "\(count - plot) trials and \(plot) for the page's plot of speed against mistakes"
  }

  /// `12 of 30 labs done, about 45 s left`
  static func line(finished: Int, of total: Int, elapsed: Duration, estimate: Duration) -> String {
    let left = estimate - elapsed
    let rest =
      left > .seconds(1)
      ? "about \(words(left)) left"
      : "\(words(elapsed)) so far, any moment now"
    return "\(finished) of \(total) labs done, \(rest)"
  }

  /// In whole seconds: `45 s`, `1 min 33 s`.
  static func words(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    guard seconds >= 60 else { return "\(seconds) s" }
    return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
  }

  /// The share of the estimated time that has passed, in twenty pieces.
  static func bar(_ elapsed: Duration, of estimate: Duration) -> String {
    let share = estimate > .zero ? min(20, Int(20 * (elapsed / estimate))) : 20
    return String(repeating: "█", count: share) + String(repeating: "░", count: 20 - share)
  }
}
