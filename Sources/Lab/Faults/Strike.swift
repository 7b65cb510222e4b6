public import FlatlineCore
import Synchronization

/// A fault that has happened and may be healed.
public final class Strike: Sendable {
  /// What strikes.
  public let fault: Fault
  /// When the fault began: read just before its first act.
  public let began: MonotonicTime
  /// When it was in force: read just after its last act.
  public let inForce: MonotonicTime
  private let healing: Mutex<Fault.Healing?>

  init(fault: Fault, began: MonotonicTime, inForce: MonotonicTime, healing: @escaping Fault.Healing) {
    self.fault = fault
    self.began = began
    self.inForce = inForce
    self.healing = Mutex(healing)
  }

  /// Undoes the fault as far as can be: a connection that ended stays ended. A second call does nothing.
  public func heal() throws(LabError) {
    let healing = self.healing.withLock { healing in
      defer { healing = nil }
      return healing
    }
    try healing?()
  }
}
