public import FlatlineCore
import Synchronization

/// A fault that has happened and may be healed.
public final class Strike: Sendable {
  /// The fault that happened.
  public let fault: Fault
  /// The time of its beginning: read just before its first act.
  public let began: MonotonicTime
  /// The time from which it was in force: read just after its last act.
  public let inForce: MonotonicTime
  private let healing: Mutex<Fault.Healing?>

  init(fault: Fault, began: MonotonicTime, inForce: MonotonicTime, healing: @escaping Fault.Healing) {
    self.fault = fault
    self.began = began
    self.inForce = inForce
    self.healing = Mutex(healing)
  }

  /// Undoes the fault as far as possible: a connection that ended stays ended. A second call does nothing.
  public func heal() throws(LabError) {
    let healing = self.healing.withLock { healing in
      defer { healing = nil }
      return healing
    }
    try healing?()
  }
}
