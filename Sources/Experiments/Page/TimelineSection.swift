import Flatline
import FlatlineLab

/// A timeline for each fault and kind of traffic, under one representative policy.
struct TimelineSection {
  private let records: [TrialRecord]
  private let policy: String

  init(_ records: [TrialRecord]) {
    let names = records.map(\.trial.policy.name)
    let standard = NamedPolicies.standard.name
    let policy = names.contains(standard) ? standard : names.first ?? ""
    self.policy = policy
    self.records = records
  }

  var markup: Markup {
    let groups = groups
    guard !groups.isEmpty else { return "" }
    return """
      <h2 id="timelines">What each detector said, and when</h2>
      <p class="small">Under \(policy), or the first policy that was tried. The line is the fault, the dashed line what was
      promised.</p>
      <ul class="legend" aria-label="Legend"><li><i style="background:var(--alive)"></i>alive</li>
      <li><i style="background:var(--susp)"></i>suspicious</li><li><i style="background:var(--dead)"></i>dead</li>
      <li><i class="hb"></i>no opinion</li></ul>
      <ul class="faults">\(groups.map { "<li><a href=\"#f-\(PageWords.slug($0.name))\">\($0.name)</a></li>\n" as Markup })</ul>
      \(groups.map(group))
      """
  }

  private typealias Group = (name: String, summary: String, records: [TrialRecord])

  /// The first run of each fault and kind of traffic.
  private var groups: [Group] {
    var groups: [Group] = []
    for record in records {
      let scenario = record.trial.scenario
      let index = groups.firstIndex { $0.name == scenario.name }
      if index == nil { groups.append((scenario.name, scenario.fault.summary, [])) }
      let place = index ?? groups.count - 1
      let same = groups[place].records.firstIndex { $0.trial.traffic == record.trial.traffic }
      if let same {
        if groups[place].records[same].trial.policy.name != policy, record.trial.policy.name == policy {
          groups[place].records[same] = record
        }
      } else {
        groups[place].records.append(record)
      }
    }
    return groups
  }

  private func group(_ group: Group) -> Markup {
    """
    <section><h3 id="f-\(PageWords.slug(group.name))">\(group.name)</h3><p class="small soft">\(group.summary)</p>
    \(group.records.map { TimelineFigure($0).markup })</section>

    """
  }
}
