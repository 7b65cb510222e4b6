/// One option of one socket that watches of this process hold.
struct HeldValue: Hashable, Sendable {
  struct Claim: Hashable, Sendable {
    let holder: UInt32
    var value: CInt
    /// Not given up for another's value (``HeldOption/Condition/always``).
    let isFirm: Bool
  }

  let option: SocketOption
  /// The value before anybody held it.
  let original: CInt
  /// The value that this process set last, as it reads back.
  var current: CInt
  /// In the order in which they were made.
  var claims: [Claim]

  /// The value that the claims come to: the latest firm one, or else the smallest; the first value without any.
  var effective: CInt {
    claims.last { $0.isFirm }?.value ?? claims.map(\.value).min() ?? original
  }

  /// The claim of a watch that a detector changes: the firm one, where several detectors of one policy hold the option.
  func claim(of holder: UInt32) -> Int? {
    claims.lastIndex { $0.holder == holder && $0.isFirm } ?? claims.lastIndex { $0.holder == holder }
  }
}
