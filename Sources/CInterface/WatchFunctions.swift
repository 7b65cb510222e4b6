// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Flatline
public import FlatlineCHeader

// Each of these is declared in flatline.h; the compiler checks that they agree.

@c @implementation
public func flatline_watch(
  _ monitor: OpaquePointer!, _ descriptor: CInt, _ policy: UnsafePointer<CChar>!,
  _ callback: flatline_callback!,
  _ context: UnsafeMutableRawPointer!, _ connection: UnsafeMutablePointer<flatline_connection>!,
  _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  begin(monitor, descriptor, policy, callback, context, connection, error) { () throws(Failure) in
    WatchOptions()
  }
}

@c @implementation
public func flatline_watch_with_ping(
  _ monitor: OpaquePointer!, _ descriptor: CInt, _ policy: UnsafePointer<CChar>!,
  _ callback: flatline_callback!,
  _ ping: flatline_ping!, _ context: UnsafeMutableRawPointer!,
  _ connection: UnsafeMutablePointer<flatline_connection>!, _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  begin(monitor, descriptor, policy, callback, context, connection, error) { () throws(Failure) in
    guard let ping else { throw .argument("ping: found NULL; allowed: a function that sends a ping") }
    return WatchOptions(ping: ping)
  }
}

@c @implementation
public func flatline_watch_with_options(
  _ monitor: OpaquePointer!, _ descriptor: CInt, _ policy: UnsafePointer<CChar>!,
  _ callback: flatline_callback!, _ context: UnsafeMutableRawPointer!,
  _ options: UnsafePointer<flatline_options>!, _ connection: UnsafeMutablePointer<flatline_connection>!,
  _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  begin(monitor, descriptor, policy, callback, context, connection, error) { () throws(Failure) in
    try WatchOptions(options)
  }
}

@c @implementation
public func flatline_unwatch(_ monitor: OpaquePointer!, _ connection: flatline_connection) {
  MonitorHandle.of(monitor)?.monitor.unwatch(ConnectionID(rawValue: connection))
}

@c @implementation
public func flatline_verdict(_ monitor: OpaquePointer!, _ connection: flatline_connection) -> Int32 {
  MonitorHandle.of(monitor)?.monitor.verdict(of: ConnectionID(rawValue: connection))?.code ?? -1
}

@c @implementation
public func flatline_look_at(_ monitor: OpaquePointer!, _ connection: flatline_connection) -> Int32 {
  MonitorHandle.of(monitor)?.monitor.look(at: ConnectionID(rawValue: connection))?.code ?? -1
}

@c @implementation
public func flatline_shut_down_socket(_ monitor: OpaquePointer!, _ connection: flatline_connection) -> Int32 {
  let isDone = MonitorHandle.of(monitor)?.monitor.shutDownSocket(of: ConnectionID(rawValue: connection))
  return Int32(isDone == true ? FLATLINE_OK : FLATLINE_ERROR_NOT_WATCHED)
}

@c @implementation
public func flatline_expect_pause(
  _ monitor: OpaquePointer!, _ connection: flatline_connection, _ milliseconds: UInt64
) -> Int32 {
  let duration = Duration.milliseconds(Int64(clamping: min(milliseconds, UInt64(Int64.max / 1_000_000))))
  let isWatched = MonitorHandle.of(monitor)?.monitor.expectPause(
    of: ConnectionID(rawValue: connection), for: duration)
  return Int32(isWatched == true ? FLATLINE_OK : FLATLINE_ERROR_NOT_WATCHED)
}

/// Begins a watch; all C functions that begin one end here.
private func begin(
  _ monitor: OpaquePointer?, _ descriptor: CInt, _ policy: UnsafePointer<CChar>?,
  _ callback: flatline_callback?, _ context: UnsafeMutableRawPointer?,
  _ connection: UnsafeMutablePointer<flatline_connection>?, _ error: UnsafeMutablePointer<flatline_error>?,
  _ options: () throws(Failure) -> WatchOptions
) -> Int32 {
  Failure.reporting(to: error) { () throws(Failure) in
    connection?.pointee = 0
    guard let handle = MonitorHandle.of(monitor) else {
      throw .argument("monitor: found NULL; allowed: what flatline_monitor_create made")
    }
    guard let callback else {
      throw .argument("callback: found NULL; allowed: a function to tell verdicts to")
    }
    let options = try options()
    let id: ConnectionID
    do throws(WatchError) {
      id = try handle.monitor.watch(
        descriptor, policy: handle.policy(policy), halfClose: options.halfClose,
        pinger: options.ping.map { PingCallback(function: $0, context: context) },
        onEvent: Callback(function: callback, mistakeFunction: options.onMistake, context: context).take)
    } catch {
      throw Failure(error)
    }
    connection?.pointee = id.rawValue
  }
}

extension MonitorHandle {
  /// The policy of this name; the standard policy for NULL.
  fileprivate func policy(_ name: UnsafePointer<CChar>?) throws(WatchError) -> Policy {
    guard let name else { return NamedPolicies.standard }
    do throws(PolicyError) {
      return try policy(String(cString: name))
    } catch {
      throw .policy(error)
    }
  }
}
