/// One option of one socket that watches of this process hold.
struct HeldValue: Hashable, Sendable {
  struct Claim: Hashable, Sendable {
    let holder: UInt32
    var value: CInt
    /// Does not yield to the value of another watch (``HeldOption/Condition/always``).
    let isFirm: Bool
  }

  let option: SocketOption
  /// The value before the first watch held it.
  let original: CInt
  /// The value that this process set last, as it reads back.
  var current: CInt
  /// In the order in which they were made.
  var claims: [Claim]

  /// The value that follows from the claims: the latest firm one, or else the smallest; the original value without
  /// a claim.
  var effective: CInt {
    claims.last { $0.isFirm }?.value ?? claims.map(\.value).min() ?? original
  }

  /// Index of the claim of a watch that a detector changes: the firm one, if several detectors of one policy hold
  /// the option.
  func claim(of holder: UInt32) -> Int? {
    claims.lastIndex { $0.holder == holder && $0.isFirm } ?? claims.lastIndex { $0.holder == holder }
  }
}
