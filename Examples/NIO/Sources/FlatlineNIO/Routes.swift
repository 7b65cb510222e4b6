import Flatline
import NIOCore
import Synchronization

/// The way from a verdict to the channel it is about.
///
/// One table for all channels takes less memory than a closure held by each watch.
final class Routes: Sendable {
  private struct Table {
    var pipelines: [ConnectionID: ChannelPipeline] = [:]
    /// Deaths told after the watch began and before its channel was entered.
    var unclaimed: [ConnectionID: PeerGone] = [:]
  }
  private let table = Mutex(Table())

  /// Enters a channel that is watched. Returns its death, if that has been told already.
  func add(_ pipeline: ChannelPipeline, for connection: ConnectionID) -> PeerGone? {
    table.withLock { table in
      table.pipelines[connection] = pipeline
      return table.unclaimed.removeValue(forKey: connection)
    }
  }

  /// To be called once the channel is watched no more.
  func remove(_ connection: ConnectionID) {
    table.withLock { $0.pipelines[connection] = nil }
  }

  /// On the monitor's thread.
  func take(_ event: WatchEvent) {
    guard case .verdict(let change) = event, let gone = PeerGone(change) else { return }
    let pipeline = table.withLock { table in
      let pipeline = table.pipelines[gone.connection]
      if pipeline == nil { table.unclaimed[gone.connection] = gone }
      return pipeline
    }
    if let pipeline { DeadPeerHandler.close(pipeline, gone) }
  }
}
