/// The ballots that decided a verdict: those of some seats, as they stood. They are put in order only when asked
/// for: a verdict does not wait for that.
struct Deciders: Sendable {
  private let ballots: ContiguousArray<Ballot?>
  private let seats: SeatSet

  /// - Parameters:
  ///   - seats: the seats that decided.
  ///   - ballots: the ballot of every seat, if it has one.
  init(_ seats: SeatSet, of ballots: ContiguousArray<Ballot?>) {
    self.seats = seats
    self.ballots = ballots
  }

  init(_ ballots: [Ballot]) {
    var seats = SeatSet()
    for seat in ballots.indices { seats.insert(seat) }
    self.init(seats, of: ContiguousArray(ballots))
  }

  /// What the kernel has ended, where every one of them says the same of it: most ends are so, and no ballot needs to be
  /// weighed against another.
  func plainCause(_ end: EndFinding) -> Cause? {
    var common: Cause?
    var rest = seats
    while let seat = rest.popFirst() {
      guard seat < ballots.count, let ballot = ballots[seat] else { continue }
      guard let cause = ballot.plainCause(end), common == nil || common == cause else { return nil }
      common = cause
    }
    return common
  }

  /// Whether any of them takes epoll's bits for an end.
  var claimsEnd: Bool {
    var rest = seats
    while let seat = rest.popFirst() {
      if seat < ballots.count, let ballot = ballots[seat], ballot.claimsEnd { return true }
    }
    return false
  }

  /// The one that explains the verdict best.
  var weightiest: Ballot? {
    var best: Ballot?
    var rest = seats
    while let seat = rest.popFirst() {
      guard seat < ballots.count, let ballot = ballots[seat] else { continue }
      if let standing = best, !ballot.outweighs(standing) { continue }
      best = ballot
    }
    return best
  }

  var byWeight: [Ballot] {
    Ballot.byWeight(ballots.enumerated().compactMap { seats.contains($0.offset) ? $0.element : nil })
  }
}
