import FlatlineCore

/// One direction of the path: decides the fate of each packet, by its conditions and random draws.
///
/// Pure: times and packets in, decisions out. Times are CLOCK_MONOTONIC nanoseconds.
struct Wire {
  /// The fate of a packet.
  enum Fate: Equatable {
    case lost
    /// It leaves at these times.
    case delivered([UInt64])
  }

  let direction: Direction
  private(set) var conditions = PathConditions.perfect
  var counts = PathCounts()
  /// The numbers of the packets lost by chance since the conditions were set.
  private(set) var lostPackets: [Int] = []
  /// No packet leaves before this time.
  var heldUntil: UInt64 = 0

  private let seed: UInt64
  private var epoch: UInt64 = 0
  private var chance: Chance
  private var number: UInt64 = 0
  private var pureACKs = 0
  private var isBad = false
  private var busyUntil: UInt64 = 0
  private var lastDeparture: UInt64 = 0

  /// The most bytes that wait in memory, under any conditions.
  private static let memoryLimit = 64 << 20
  private static let longestLossList = 65_536

  init(_ direction: Direction, seed: UInt64) {
    self.direction = direction
    self.seed = seed
    chance = Chance(seed: seed, direction: direction, epoch: 0)
  }

  /// Restarts the packet count and the random draws.
  mutating func set(_ conditions: PathConditions) {
    self.conditions = conditions
    epoch += 1
    chance = Chance(seed: seed, direction: direction, epoch: epoch)
    number = 0
    pureACKs = 0
    isBad = false
    lostPackets = []
    // A new path: its packets need not wait for packets of the old one.
    lastDeparture = 0
    busyUntil = 0
  }

  /// - Parameters:
  ///   - length: bytes of the IP packet.
  ///   - isPureACK: whether it is a TCP segment with an ACK only.
  ///   - arrival: its time of arrival.
  ///   - waiting: bytes already in transit.
  mutating func decide(length: Int, isPureACK: Bool, arrival: UInt64, waiting: Int) -> Fate {
    let packet = number
    number += 1
    if conditions.blackhole || length > conditions.longestPacket ?? .max {
      counts.discarded += 1
      return .lost
    }
    if isLost(packet, isPureACK: isPureACK) {
      counts.lost += 1
      if lostPackets.count < Wire.longestLossList { lostPackets.append(Int(packet)) }
      return .lost
    }
    let limit = arrival < heldUntil ? min(conditions.queueLimit, Wire.memoryLimit) : Wire.memoryLimit
    guard waiting + length <= limit, let sent = transmission(of: length, arrival) else {
      counts.overflowed += 1
      return .lost
    }
    var departure = max(sent &+ delay(packet), lastDeparture)
    if conditions.reordering > 0, chance.draw(.reordering, packet: packet) < conditions.reordering {
      counts.reordered += 1
      departure += UInt64(conditions.reorderingDelay.clampedNanoseconds)
    } else {
      lastDeparture = departure
    }
    guard conditions.duplication > 0, chance.draw(.duplication, packet: packet) < conditions.duplication
    else {
      return .delivered([departure])
    }
    counts.duplicated += 1
    return .delivered([departure, departure])
  }

  private mutating func isLost(_ packet: UInt64, isPureACK: Bool) -> Bool {
    switch conditions.loss {
    case .none: return false
    case .random(let share): return chance.draw(.loss, packet: packet) < share
    case .every(let n): return packet.isMultiple(of: UInt64(n))
    case .everyPureACK(let n):
      guard isPureACK else { return false }
      defer { pureACKs += 1 }
      return pureACKs.isMultiple(of: n)
    case .bursty(let model):
      let change = isBad ? model.badToGood : model.goodToBad
      if chance.draw(.change, packet: packet) < change { isBad.toggle() }
      return chance.draw(.loss, packet: packet) < (isBad ? model.lossInBad : model.lossInGood)
    }
  }

  /// The time at which the packet's last bit is on the wire; `nil` when the queue before it is full.
  private mutating func transmission(of length: Int, _ arrival: UInt64) -> UInt64? {
    guard let rate = conditions.rate, rate > 0 else { return arrival }
    let start = max(arrival, busyUntil)
    let queued = Double(start - arrival) * Double(rate) / 8e9
    guard Int(queued) + length <= conditions.queueLimit else { return nil }
    busyUntil = start + UInt64(Double(length) * 8e9 / Double(rate))
    return busyUntil
  }

  private func delay(_ packet: UInt64) -> UInt64 {
    let delay = conditions.delay.clampedNanoseconds
    guard conditions.jitter > .zero else { return UInt64(delay) }
    let jitter = Double(conditions.jitter.clampedNanoseconds)
    let offset = (2 * chance.draw(.jitter, packet: packet) - 1) * jitter
    return UInt64(max(0, delay + Int64(offset)))
  }
}
