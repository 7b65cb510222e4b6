/// One option of one socket that watches of this process hold.
struct HeldValue: Hashable, Sendable {
  struct Claim: Hashable, Sendable {
    /// How the claim stands to others.
    enum Kind: Hashable, Sendable {
      /// Does not yield to the value of another watch (``HeldOption/Condition/always``).
      case firm
      /// Replaces the app's value while a probe is unanswered (``HeldOption/Condition/whileProbing``).
      case probing
      case yielding

      init(_ condition: HeldOption.Condition) {
        switch condition {
        case .always: self = .firm
        case .whileProbing: self = .probing
        case .ifLarger, .ifZero, .asWithout: self = .yielding
        }
      }
    }

    let holder: UInt32
    var value: CInt
    let kind: Kind
    var isFirm: Bool { kind == .firm }
  }

  let option: SocketOption
  /// The value before the first watch held it.
  let original: CInt
  /// The value that this process set last, as it reads back.
  var current: CInt
  /// In the order in which they were made.
  var claims: [Claim]

  /// The value that follows from the claims: the latest firm one, or else that for unanswered probes, or else the
  /// smallest; the original value without a claim.
  var effective: CInt {
    if let firm = claims.last(where: { $0.isFirm }) { return firm.value }
    let probing = claims.filter { $0.kind == .probing }
    return (probing.isEmpty ? claims : probing).map(\.value).min() ?? original
  }

  /// Index of the claim of a watch under a condition.
  func claim(of holder: UInt32, _ condition: HeldOption.Condition) -> Int? {
    claims.lastIndex { $0.holder == holder && $0.kind == HeldValue.Claim.Kind(condition) }
  }

  /// Index of the claim of a watch that a detector changes: the firm one, if several detectors of one policy hold
  /// the option.
  func claim(of holder: UInt32) -> Int? {
    claims.lastIndex { $0.holder == holder && $0.isFirm } ?? claims.lastIndex { $0.holder == holder }
  }
}
