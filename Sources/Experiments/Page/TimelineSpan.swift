import Flatline

/// A stretch of time in which a detector, or the verdict, stayed the same.
struct TimelineSpan {
  var start: Duration
  var end: Duration
  /// 0 no opinion, 1 alive, 2 suspicious, 3 dead.
  var level: Int

  /// The stretches of one row, from its changes; never more than a drawing can show.
  static func spans(_ changes: [(offset: Duration, level: Int)], until end: Duration) -> [TimelineSpan] {
    var spans: [TimelineSpan] = []
    for change in changes where change.offset < end && spans.count < 300 {
      if spans.last?.level == change.level { continue }
      if !spans.isEmpty { spans[spans.count - 1].end = change.offset }
      spans.append(TimelineSpan(start: change.offset, end: end, level: change.level))
    }
    return spans
  }
}

extension Verdict {
  /// As ``TimelineSpan/level``.
  var level: Int {
    switch self {
    case .alive: 1
    case .suspect, .halfClosed: 2
    case .dead: 3
    }
  }
}
