import FlatlineCore

/// State of the link detector for one connection, in sixteen bytes: most connections have no trouble, and all would pay
/// for more.
public struct LinkState: BitwiseCopyable, Sendable {
  // From the lowest bit on: forty bits of milliseconds, enough for 34 years of uptime, twenty of the interface,
  // three of the kind, one that the trouble is settled. Zero is no trouble.
  private var bits: UInt64 = 0
  /// Of a way that changed: what to hear over it.
  var hearing = WayHearing()

  private static let beginMask: UInt64 = 1 << 40 - 1
  private static let interfaceMask: UInt64 = 1 << 20 - 1
  private static let settledBit: UInt64 = 1 << 63

  init() {}

  /// The fault. An interface number too large to keep is left out.
  var trouble: LinkTrouble? {
    LinkTrouble.Kind(rawValue: UInt8(bits >> 60 & 7)).map {
      LinkTrouble($0, interface: UInt32(bits >> 40 & LinkState.interfaceMask))
    }
  }

  /// When the trouble began; `never` while there is none.
  private(set) var begin: MonotonicTime {
    get {
      trouble == nil ? .never : MonotonicTime(nanoseconds: (bits & LinkState.beginMask) * 1_000_000)
    }
    set {
      let milliseconds = min(newValue.nanoseconds / 1_000_000, LinkState.beginMask)
      bits = bits & ~LinkState.beginMask | milliseconds
    }
  }

  /// Whether nothing more is to come: an absence was reported as a death, or the peer was heard over a way that changed.
  var isSettled: Bool {
    get { bits & LinkState.settledBit != 0 }
    set { bits = newValue ? bits | LinkState.settledBit : bits & ~LinkState.settledBit }
  }

  /// Whether a ballot of this detector stands.
  var isAccusing: Bool { trouble.map { $0.isAbsence || !isSettled } ?? false }

  /// Records a fault. An absence that turns into another one is the same absence: its time counts from the first. A way
  /// that changed is reported only when it changes, so that each report is a new one.
  ///
  /// - Returns: whether it is to be reported.
  mutating func take(_ trouble: LinkTrouble, at now: MonotonicTime) -> Bool {
    let before = bits
    let isSameAbsence = trouble.isAbsence && (self.trouble?.isAbsence ?? false)
    if !isSameAbsence {
      bits = 0
      begin = now
    }
    let interface = UInt64(trouble.interface) <= LinkState.interfaceMask ? UInt64(trouble.interface) : 0
    bits =
      bits & (LinkState.beginMask | LinkState.settledBit) | UInt64(trouble.kind.rawValue) << 60 | interface
      << 40
    return bits != before
  }

  /// The monitor stalled: that time does not count.
  mutating func postpone(by stall: Duration) {
    if trouble != nil { begin = begin + stall }
  }
}
