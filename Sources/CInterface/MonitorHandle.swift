import Flatline
import FlatlinePlugins
import Synchronization

/// The object behind a `flatline_monitor *`.
final class MonitorHandle: Sendable {
  let monitor: Monitor
  /// The detectors that policies may name, and what reads policies that name them.
  private let names = Mutex((registry: DetectorRegistry.builtIn, policies: PolicyLibrary()))

  init(_ drive: Monitor.Drive) throws(Errno) {
    monitor = try Monitor(registry: .builtIn, drive: drive)
  }

  /// The policy of a name or a file.
  func policy(_ name: String) throws(PolicyError) -> Policy {
    try names.withLock { $0.policies }.policy(name)
  }

  /// Adds detectors to those that policies may name, all or none.
  func register(_ detectors: [RegisteredDetector]) throws(PluginError) {
    let taken = names.withLock { names -> DetectorName? in
      if let taken = detectors.first(where: { names.registry[$0.name] != nil }) { return taken.name }
      for detector in detectors { names.registry.register(detector) }
      names.policies = PolicyLibrary(registry: names.registry)
      return nil
    }
    if let taken {
      throw PluginError(
        at: "detectors.\(taken)", found: "a detector of that name already",
        allowed: "a name that is not taken")
    }
    for detector in detectors { monitor.register(detector) }
  }

  /// A pointer for C, which holds the handle until ``release(_:)``.
  func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// The handle behind a pointer from ``retained()`` that was not released.
  static func of(_ pointer: OpaquePointer?) -> MonitorHandle? {
    pointer.map { Unmanaged<MonitorHandle>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  static func release(_ pointer: OpaquePointer) {
    Unmanaged<MonitorHandle>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}
