// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Flatline
public import FlatlineCHeader
import FlatlinePlugins

// Each of these is declared in flatline.h; the compiler checks that they agree.

@c @implementation
public func flatline_register_detector(
  _ monitor: OpaquePointer!, _ detector: UnsafePointer<flatline_detector>!,
  _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  register(monitor, error) { () throws(PluginError) in [try RegisteredDetector(detector, at: "detector")] }
}

@c @implementation
public func flatline_load_plugin(
  _ monitor: OpaquePointer!, _ file: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  register(monitor, error) { () throws(PluginError) in
    guard let file else { throw PluginError(at: "file", found: "NULL", allowed: "a shared library") }
    return try PluginFile(String(cString: file)).detectors
  }
}

private func register(
  _ monitor: OpaquePointer?, _ error: UnsafeMutablePointer<flatline_error>?,
  _ detectors: () throws(PluginError) -> [RegisteredDetector]
) -> Int32 {
  Failure.reporting(to: error) { () throws(Failure) in
    guard let handle = MonitorHandle.of(monitor) else {
      throw .argument("monitor: found NULL; allowed: what flatline_monitor_create made")
    }
    do throws(PluginError) {
      try handle.register(detectors())
    } catch {
      throw .argument(error.description)
    }
  }
}
