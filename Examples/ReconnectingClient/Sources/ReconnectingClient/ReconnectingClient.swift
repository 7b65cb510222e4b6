public import Flatline
import Synchronization

/// Appends numbered messages to a Redis stream, in order, each exactly once, whatever becomes of the server.
///
/// A message's number is its entry's ID. Redis takes no ID that is not greater than the last, so nothing is stored
/// twice; after each reconnection the stream's last ID says where to go on, so nothing is left out.
public struct ReconnectingClient: Sendable {
  /// What happens to the client.
  public enum Event: Sendable {
    /// It is connected, and goes on with this message.
    case resumes(at: UInt64)
    /// The server has stored this message.
    case stored(UInt64)
    /// The connection is lost, was not to be had, or is of no use yet. `PeerGone` has the cause.
    case lost(any Error)
  }

  /// The message of a number, from 1 on; `nil` after the last.
  public typealias Messages = @Sendable (UInt64) -> String?

  private let port: UInt16
  private let stream: String
  private let monitor: Monitor
  private let policy: Policy

  /// - Parameters:
  ///   - port: of a Redis server on 127.0.0.1.
  ///   - stream: the key of the stream.
  ///   - monitor: watches the connection.
  ///   - policy: with a heartbeat, or a server that hangs holds the client up for ever.
  public init(port: UInt16, stream: String, monitor: Monitor, policy: Policy = .fastPath) {
    self.port = port
    self.stream = stream
    self.monitor = monitor
    self.policy = policy
  }

  /// Appends all messages. Returns when the server has stored the last.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, `WatchError` when the connection cannot be watched, and
  ///   what the server refuses; not the loss of a connection, which is made up for.
  public func append(
    _ messages: @escaping Messages, onEvent: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws {
    let backoff = Mutex(Backoff())
    while true {
      do {
        return try await session(messages) { event in
          if case .stored = event { backoff.withLock { $0.reset() } }
          onEvent(event)
        }
      } catch {
        let passes = (error as? RedisRefusal)?.passes ?? (error is PeerGone || error is ConnectionFailure)
        guard passes else { throw error }
        onEvent(.lost(error))
        try await Task.sleep(for: backoff.withLock { $0.next() })
      }
    }
  }

  /// One connection's life.
  private func session(_ messages: @escaping Messages, onEvent: @escaping @Sendable (Event) -> Void)
    async throws
  {
    let connection = try await blocking { [port] () throws in try RedisConnection(port: port) }
    // A server that sends no more answers no more: its FIN is a loss.
    try await monitor.whileAlive(
      connection.descriptor, policy: policy, halfClose: .dead, pinger: connection.pinger
    ) { _ in
      // Cancelled at the server's death, and with the task: then the read that waits for an answer returns.
      try await withTaskCancellationHandler {
        try await blocking { try store(messages, over: connection, onEvent) }
      } onCancel: {
        connection.shutDown()
      }
    }
  }

  private func store(
    _ messages: Messages, over connection: RedisConnection, _ onEvent: (Event) -> Void
  ) throws {
    var number = try connection.lastID(of: stream) + 1
    onEvent(.resumes(at: number))
    while let message = messages(number) {
      try connection.append(message, id: number, to: stream)
      onEvent(.stored(number))
      number += 1
    }
  }
}
