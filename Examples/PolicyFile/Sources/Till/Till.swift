public import Flatline
import Glibc

/// A till that talks to a payment server and must know when that is gone. How patient it is the operators say.
public struct Till: Sendable {
  private let monitor: Monitor
  public let policy: Policy

  /// - Parameters:
  ///   - nameOrFile: a policy as the operators name it: `tills`, found in their directory, or a path.
  ///   - library: where policies are looked for.
  /// - Throws: `PolicyError`, in one line: the file, the place in it, what was found and what is allowed.
  public init(policy nameOrFile: String, library: PolicyLibrary = PolicyLibrary()) throws {
    policy = try library.policy(nameOrFile)
    monitor = try Monitor()
  }

  /// Waits until the server is gone. It is asked with a byte that it sends back.
  public func lossOfServer(on socket: CInt) async throws -> PeerGone {
    let pinger = AppPinger {
      switch (try? StreamIO.send([0x0A], to: socket)) ?? 0 {
      case 1: .sent
      default: .streamFull
      }
    }
    return try await monitor.disconnection(of: socket, policy: policy, pinger: pinger)
  }
}
