/// Names one watched connection of one monitor. Never used again after `unwatch`: it is a slot and the
/// slot's generation.
public struct ConnectionID: Hashable, Sendable, BitwiseCopyable {
  /// Slot in the low half, generation in the high half. It is the epoll_data of the socket.
  public let rawValue: UInt64

  /// For tests of a ``SharedSource``. A monitor names its connections itself.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  package init(slot: UInt32, generation: UInt32) {
    rawValue = UInt64(generation) << 32 | UInt64(slot)
  }

  /// A small number that is reused: an index for tables by connection.
  package var slot: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
  package var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}

extension ConnectionID: CustomStringConvertible {
  public var description: String { "#\(slot).\(generation)" }
}
