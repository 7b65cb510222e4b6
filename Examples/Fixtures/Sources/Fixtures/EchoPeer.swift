import Foundation
import Synchronization

/// A peer on loopback that sends back what it gets, on a thread of its own, until it is told to hang. Its kernel
/// goes on taking what is sent to it.
public final class EchoPeer: Sendable {
  private let pair: Loopback
  private let hangs = Atomic(false)

  public init() throws {
    pair = try Loopback()
    Thread.detachNewThread { [pair, weak self] in
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(pair.far, &bytes, bytes.count, 0)
        guard count > 0 else { return }
        if self?.hangs.load(ordering: .relaxed) == false { send(pair.far, bytes, count, CInt(MSG_NOSIGNAL)) }
      }
    }
  }

  deinit {
    // Ends the thread, which holds the descriptors until then.
    shutdown(pair.far, CInt(SHUT_RDWR))
  }

  /// The end to be watched.
  public var near: CInt { pair.near }

  /// From now on it answers nothing.
  public func hang() { hangs.store(true, ordering: .relaxed) }
}
