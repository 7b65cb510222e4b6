/// The parts of a ballot that a vote needs, in eight bytes. A healthy connection keeps nothing more of it.
struct StandingBallot: BitwiseCopyable, Sendable, Hashable {
  private let bits: UInt64

  // 2 bits leaning, 1 bit conclusive, 1 bit half-close, 2 bits layer, 58 bits expiry in nanoseconds: 9 years of
  // uptime.
  private static let expiryMask: UInt64 = (1 << 58) - 1

  /// No ballot.
  static let none = StandingBallot(bits: 0)

  private init(bits: UInt64) {
    self.bits = bits
  }

  init(_ evidence: borrowing Evidence) {
    let time = evidence.time
    let expiry = evidence.lifetime.map { time + $0 } ?? .never
    bits =
      UInt64(evidence.leaning.rawValue) << 62 | (evidence.isConclusive ? 1 << 61 : 0)
      | (evidence.isHalfClose ? 1 << 60 : 0) | StandingBallot.code(evidence.layer) << 58
      | min(expiry.nanoseconds, StandingBallot.expiryMask)
  }

  var expiry: MonotonicTime {
    let nanoseconds = bits & StandingBallot.expiryMask
    return nanoseconds == StandingBallot.expiryMask ? .never : MonotonicTime(nanoseconds: nanoseconds)
  }

  /// The leaning, whether or not the ballot has expired.
  var leaning: Leaning { Leaning(rawValue: UInt8(bits >> 62)) ?? .abstaining }

  func leaning(at now: MonotonicTime) -> Leaning { now < expiry ? leaning : .abstaining }

  var isConclusive: Bool { bits & 1 << 61 != 0 }
  var isHalfClose: Bool { bits & 1 << 60 != 0 }

  /// The layer that the ballot is about. The layer of the socket itself, `connection`, reads as `link`.
  var layer: Layer {
    switch bits >> 58 & 3 {
    case 1: .path
    case 2: .host
    case 3: .process
    default: .link
    }
  }

  private static func code(_ layer: Layer) -> UInt64 {
    switch layer {
    case .link, .connection: 0
    case .path: 1
    case .host: 2
    case .process: 3
    }
  }

  /// The same ballot with a later expiry: the time of a stall does not count.
  func extended(by duration: Duration) -> StandingBallot {
    guard expiry != .never else { return self }
    let later = min((expiry + duration).nanoseconds, StandingBallot.expiryMask)
    return StandingBallot(bits: bits & ~StandingBallot.expiryMask | later)
  }
}
