import Flatline

/// The object behind a `flatline_monitor *`.
final class MonitorHandle {
  let monitor: Monitor
  let policies = PolicyLibrary()

  init(_ drive: Monitor.Drive) throws(Errno) {
    monitor = try Monitor(registry: .builtIn, drive: drive)
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
