import FlatlineCore
import Glibc

/// A detector with a shared source of one fault.
protocol DetectorOfAFaultySource: DetectorOfOneFault {
  associatedtype Source: NewsSource
  static func makeSource() -> Source
}

extension DetectorOfAFaultySource {
  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    Self.makeSource()
  }
}

/// A source without a fault: an event counter that somebody raises, and a deadline a second from the last look.
class FaultlessSource: NewsSource {
  let descriptor: CInt? = eventfd(0, CInt(EFD_NONBLOCK.rawValue | EFD_CLOEXEC.rawValue))
  var deadline = MonotonicTime.now() + .seconds(1)
  var connections: Set<ConnectionID> = []

  deinit {
    if let descriptor { close(descriptor) }
  }

  func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    connections.insert(connection)
  }

  func detach(_ connection: ConnectionID) { connections.remove(connection) }

  func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
    if isReady { drain() }
    if deadline <= now { deadline = now + .seconds(1) }
    return Array(connections)
  }

  func drain() {
    var count: UInt64 = 0
    if let descriptor { read(descriptor, &count, 8) }
  }

  func news(of connection: ConnectionID) -> UInt64 { 0 }

  /// Makes a source's descriptor ready.
  static func raise(_ source: any NewsSource) {
    var one: UInt64 = 1
    if let descriptor = source.descriptor { write(descriptor, &one, 8) }
  }
}

struct HasAFaultlessSource: DetectorOfAFaultySource {
  static func makeSource() -> FaultlessSource { FaultlessSource() }
}

/// Never reads what made it ready.
struct HasAFullSource: DetectorOfAFaultySource {
  static func makeSource() -> Full { Full() }

  final class Full: FaultlessSource {
    override func drain() {}
  }
}

/// Leaves its deadline where it was.
struct HasALateSource: DetectorOfAFaultySource {
  static func makeSource() -> Late { Late() }

  final class Late: FaultlessSource {
    override func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
      if isReady { drain() }
      return []
    }
  }
}

/// Wakes connections that have gone.
struct HasALoyalSource: DetectorOfAFaultySource {
  static func makeSource() -> Loyal { Loyal() }

  final class Loyal: FaultlessSource {
    override func detach(_ connection: ConnectionID) {}
  }
}

/// Traps at a connection that never attached.
struct HasAStrictSource: DetectorOfAFaultySource {
  static func makeSource() -> Strict { Strict() }

  final class Strict: FaultlessSource {
    override func detach(_ connection: ConnectionID) {
      precondition(connections.remove(connection) != nil, "never attached")
    }
  }
}
