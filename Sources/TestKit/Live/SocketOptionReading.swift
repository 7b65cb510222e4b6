import FlatlineCore
import Glibc

/// The options of a real socket that a detector could change and that do not change by themselves.
struct SocketOptionReading: Equatable {
  /// By name; an option that the kernel does not have is left out.
  private let values: [String: CInt]

  /// socket(7), ip(7), tcp(7); numbers where the C library has no name.
  private static let options: [(name: String, level: CInt, option: CInt)] = [
    ("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE), ("SO_LINGER", SOL_SOCKET, SO_LINGER),
    ("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR), ("SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE),
    ("SO_PRIORITY", SOL_SOCKET, SO_PRIORITY), ("SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT),
    ("SO_MARK", SOL_SOCKET, 36), ("SO_BUSY_POLL", SOL_SOCKET, 46), ("IP_TOS", 0, 1), ("IP_TTL", 0, 2),
    ("IP_RECVERR", 0, 11), ("IP_MTU_DISCOVER", 0, 10), ("TCP_NODELAY", 6, 1), ("TCP_CORK", 6, 3),
    ("TCP_KEEPIDLE", 6, 4), ("TCP_KEEPINTVL", 6, 5), ("TCP_KEEPCNT", 6, 6), ("TCP_LINGER2", 6, 8),
    ("TCP_THIN_LINEAR_TIMEOUTS", 6, 16), ("TCP_USER_TIMEOUT", 6, 18), ("TCP_NOTSENT_LOWAT", 6, 25),
    ("TCP_RTO_MAX_MS", 6, 44),
  ]

  init(_ descriptor: CInt) {
    var values: [String: CInt] = [:]
    for (name, level, option) in Self.options {
      var value: CInt = 0
      var length = socklen_t(MemoryLayout<CInt>.size)
      if getsockopt(descriptor, level, option, &value, &length) == 0 { values[name] = value }
    }
    self.values = values
  }

  /// The names of the options that differ, with both values.
  ///
  /// - Parameters:
  ///   - before: an earlier reading.
  ///   - options: the options that may differ.
  func changes(since before: SocketOptionReading, but options: [SocketOption] = []) -> String {
    let free = Self.options.filter { options.contains(SocketOption(level: $0.level, name: $0.option)) }
    return values.filter { entry in
      before.values[entry.key] != entry.value && !free.contains { $0.name == entry.key }
    }
    .map { "\($0.key) (\(before.values[$0.key] ?? 0) to \($0.value))" }.sorted().joined(separator: ", ")
  }
}
