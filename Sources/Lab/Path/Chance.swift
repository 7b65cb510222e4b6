/// The seeded random draws of one direction. Each draw depends only on the seed, the direction, the number of times the
/// conditions have been set, the packet's number and the purpose. Other packets' draws change nothing.
struct Chance {
  enum Purpose: UInt64 {
    case loss = 1
    case change, jitter, reordering, duplication
  }

  private let base: UInt64

  init(seed: UInt64, direction: Direction, epoch: UInt64) {
    let way: UInt64 = direction == .toServer ? 1 : 2
    base = Chance.mix(Chance.mix(Chance.mix(seed) ^ way) ^ epoch)
  }

  /// Uniform from 0 up to, not including, 1.
  func draw(_ purpose: Purpose, packet: UInt64) -> Double {
    let bits = Chance.mix(Chance.mix(base ^ packet) ^ purpose.rawValue)
    return Double(bits >> 11) * 0x1p-53
  }

  /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
