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

/// A source without a fault: a pipe that somebody writes to, and a deadline a second from the last look.
class FaultlessSource: NewsSource {
  private let ends: (reading: CInt, writing: CInt)
  var deadline = MonotonicTime.now() + .seconds(1)
  var connections: Set<ConnectionID> = []

  init() {
    var ends: [CInt] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    self.ends = (ends[0], ends[1])
  }

  deinit {
    close(ends.reading)
    close(ends.writing)
  }

  var descriptor: CInt? { ends.reading }

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
    var buffer = [UInt8](repeating: 0, count: 64)
    while read(ends.reading, &buffer, buffer.count) > 0 {}
  }

  func news(of connection: ConnectionID) -> UInt64 { 0 }

  /// Makes a source's descriptor ready.
  static func raise(_ source: any NewsSource) {
    if let source = source as? FaultlessSource { write(source.ends.writing, "!", 1) }
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

/// Its source cannot be made.
struct HasNoSourceHere: DetectorOfOneFault {
  func makeSource(in surroundings: SourceSurroundings) throws -> (any SharedSource)? {
    throw SourceError("no registry listens", errno: .noSuchFileOrDirectory)
  }
}
