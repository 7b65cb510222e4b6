import FlatlineCore
import Glibc

/// A detector's shared source, as a monitor uses it.
struct SourceTrial {
  let source: any NewsSource
  private let connection: LoopbackConnection
  private let endpoints: SocketEndpoints?

  /// More turns than this, one right after the other, count as endless. A source with much to do does a part a turn.
  static let mostTurns = 2000

  /// - Parameter trial: learns that nothing can be learned without such a source.
  /// - Returns: `nil` without one.
  init?<Method: Detector>(
    _ conformance: DetectorConformance<Method>, _ trial: inout Trial
  ) throws {
    trial.needs("it has no shared source")
    let made: (any SharedSource)?
    do {
      made = try conformance.make().makeSource(in: SourceSurroundings())
    } catch {
      trial.needs("its shared source cannot be made here: \(error)")
      return nil
    }
    guard let made else { return nil }
    guard let source = made as? any NewsSource else {
      trial.needs("its shared source has no news")
      return nil
    }
    self.source = source
    connection = try LoopbackConnection.nonblocking()
    endpoints = try? LiveSocketAccess().endpoints(connection.near)
  }

  func attach(_ slot: UInt32, hasEnded: Bool = false, now: MonotonicTime = .now()) {
    source.attach(SourceTrial.id(slot), hasEnded ? nil : endpoints, now: now)
  }

  static func id(_ slot: UInt32) -> ConnectionID { ConnectionID(slot: slot, generation: 1) }

  /// Whether a monitor would find the source's descriptor ready.
  static func isReady(_ source: any NewsSource) -> Bool {
    guard let descriptor = source.descriptor else { return false }
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }
}
