public import FlatlineCore

/// Suspicious, then dead, after so many retransmission time-outs in a row.
public struct RetransmittingDetector: Detector {
  public static let name: DetectorName = "retransmitting"
  public static let settings: [SettingDescription] = [
    .integer("suspectAfter", 2, in: 1...15, "Time-outs in a row that are suspicious."),
    .integer("deadAfter", 4, in: 1...15, "Time-outs in a row that are a death."),
    .duration("period", .milliseconds(50), in: .milliseconds(10) ... .seconds(60), "Time between two looks."),
  ]
  private let suspectAfter: Int, deadAfter: Int
  public let needs: Needs
  public init(settings: DetectorSettings) throws(PolicyError) {
    (suspectAfter, deadAfter) = (try settings.integer("suspectAfter"), try settings.integer("deadAfter"))
    needs = .every(try settings.duration("period"))
  }
  public func begin(_ look: borrowing Look) -> Leaning? { .abstaining }
  public func examine(_ look: borrowing Look, _ standing: inout Leaning) -> Opinion {
    guard let info = look.tcpInfo else { return .unchanged }
    if let end = look.end { return Opinion(end.evidence(at: look.now)) }
    let count = info.retransmits
    let leaning: Leaning = count >= deadAfter ? .dead : count >= suspectAfter ? .suspicious : .abstaining
    defer { standing = leaning }
    if leaning == standing { return .unchanged }
    if leaning == .abstaining { return Opinion(.withdrawn(at: look.now)) }
    let notes = [Fact.count("attempts", count)]
    return Opinion(
      Evidence(leaning, layer: .path, cause: .pathSilent, at: look.now, tcpInfo: info, notes: notes))
  }
}
