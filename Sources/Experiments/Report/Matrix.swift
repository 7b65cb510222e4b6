public import Flatline
public import FlatlineLab

/// The table of a run: scenarios under each kind of traffic, by policies.
public struct Matrix: Sendable {
  /// A scenario under one kind of traffic.
  public struct Row: Sendable {
    /// The fault.
    public var fault: Fault
    /// The traffic of the connection.
    public var traffic: Traffic
    /// One for each of ``Matrix/policies``; `nil` where there was no such trial.
    public var cells: [MatrixCell?]
  }

  /// The columns.
  public private(set) var policies: [String]
  /// In the order of the records.
  public private(set) var rows: [Row]

  /// - Parameter records: in the order of rows and columns; repetitions become one cell.
  public init(_ records: [TrialRecord]) {
    struct Place: Hashable {
      var fault: String
      var traffic: Traffic
    }
    var policies: [String] = []
    var places: [Place] = []
    var faults: [String: Fault] = [:]
    var cells: [Place: [String: [TrialRecord]]] = [:]
    for record in records {
      let trial = record.trial
      let place = Place(fault: trial.scenario.name, traffic: trial.traffic)
      if !policies.contains(trial.policy.name) { policies.append(trial.policy.name) }
      if cells[place] == nil { places.append(place) }
      faults[trial.scenario.name] = trial.scenario.fault
      cells[place, default: [:]][trial.policy.name, default: []].append(record)
    }
    self.policies = policies
    rows = places.compactMap { place in
      guard let fault = faults[place.fault] else { return nil }
      return Row(
        fault: fault, traffic: place.traffic,
        cells: policies.map { policy in cells[place]?[policy].flatMap { MatrixCell($0) } })
    }
  }
}
