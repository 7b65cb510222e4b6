import Flatline
import Glibc

/// Flatline with one of its named policies, on the monitor's own thread.
final class FlatlineContender: Contender {
  let mark = Mark()
  private let monitor: Monitor
  private let policy: Policy
  private var last: ConnectionID?

  init(_ policy: Policy) throws {
    self.policy = policy
    monitor = try Monitor(registry: .builtIn) { [mark] event in
      // The verdict counts; the evidence before it does not.
      guard case .verdict(let change) = event, change.verdict.isDead else { return }
      mark.hit()
    }
  }

  func watch(_ descriptor: CInt) throws {
    last = try monitor.watch(descriptor, policy: policy)
  }

  func dropLast(_ descriptor: CInt) throws {
    if let last { monitor.unwatch(last) }
    last = nil
    close(descriptor)
  }
}
