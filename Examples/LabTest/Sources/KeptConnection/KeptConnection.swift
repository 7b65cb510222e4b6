public import Flatline
import Foundation

/// An app that keeps a connection to its server: when the server is gone it makes another, for as long as it takes.
public struct KeptConnection: Sendable {
  /// What the app lives through.
  public enum Event: Hashable, Sendable {
    case connected
    case lost(PeerGone)
  }

  private let policy: Policy
  private let connect: @Sendable () throws -> CInt

  /// - Parameters:
  ///   - policy: when the server is gone.
  ///   - connect: makes a connection; may block for a while.
  public init(policy: Policy, connect: @escaping @Sendable () throws -> CInt) {
    self.policy = policy
    self.connect = connect
  }

  /// Keeps the connection until the task is cancelled.
  public func run(onEvent: @escaping @Sendable (Event) -> Void) async throws {
    let monitor = try Monitor()
    while !Task.isCancelled {
      guard let socket = try? await connection() else {
        try await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
        continue
      }
      defer { close(socket) }
      onEvent(.connected)
      // An app has work to do here: `whileAlive` instead.
      onEvent(.lost(try await monitor.disconnection(of: socket, policy: policy)))
    }
  }

  private func connection() async throws -> CInt {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try connect() }) }
    }
  }
}
