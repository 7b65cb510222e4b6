// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Flatline
public import FlatlineCHeader

// Each of these is declared in flatline.h; the compiler checks that they agree. flatline_version is in flatline.c.

@c @implementation
public func flatline_monitor_create(
  _ flags: UInt32, _ monitor: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  Failure.reporting(to: error) { () throws(Failure) in
    guard let monitor else { throw .argument("monitor: found NULL; allowed: where to put the monitor") }
    monitor.pointee = nil
    guard flags & ~UInt32(FLATLINE_DRIVEN) == 0 else {
      throw .argument("flags: found \(flags); allowed: 0 or FLATLINE_DRIVEN (\(FLATLINE_DRIVEN))")
    }
    do throws(Errno) {
      monitor.pointee = try MonitorHandle(flags == 0 ? .ownThread : .application).retained()
    } catch {
      throw Failure(error)
    }
  }
}

@c @implementation
public func flatline_monitor_destroy(_ monitor: OpaquePointer!) {
  guard let monitor, let handle = MonitorHandle.of(monitor) else { return }
  handle.monitor.shutDown()
  MonitorHandle.release(monitor)
}

@c @implementation
public func flatline_monitor_descriptor(_ monitor: OpaquePointer!) -> CInt {
  MonitorHandle.of(monitor)?.monitor.descriptor ?? -1
}

@c @implementation
public func flatline_monitor_process(_ monitor: OpaquePointer!) {
  MonitorHandle.of(monitor)?.monitor.process()
}
