// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Flatline
import FlatlineCHeader

// Each of these is declared in flatline.h; the compiler checks that they agree.

@c @implementation
public func flatline_watch(
  _ monitor: OpaquePointer!, _ descriptor: CInt, _ policy: UnsafePointer<CChar>!,
  _ callback: flatline_callback!,
  _ context: UnsafeMutableRawPointer!, _ connection: UnsafeMutablePointer<flatline_connection>!,
  _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  begin(monitor, descriptor, policy, callback, nil, context, connection, error)
}

@c @implementation
public func flatline_watch_with_ping(
  _ monitor: OpaquePointer!, _ descriptor: CInt, _ policy: UnsafePointer<CChar>!,
  _ callback: flatline_callback!,
  _ ping: flatline_ping!, _ context: UnsafeMutableRawPointer!,
  _ connection: UnsafeMutablePointer<flatline_connection>!, _ error: UnsafeMutablePointer<flatline_error>!
) -> Int32 {
  guard let ping else {
    return Failure.reporting(to: error) { () throws(Failure) in
      throw .argument("ping: found NULL; allowed: a function that sends a ping")
    }
  }
  return begin(
    monitor, descriptor, policy, callback, PingCallback(function: ping, context: context), context,
    connection,
    error)
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
public func flatline_shut_down_socket(_ monitor: OpaquePointer!, _ connection: flatline_connection) -> Int32 {
  let isDone = MonitorHandle.of(monitor)?.monitor.shutDownSocket(of: ConnectionID(rawValue: connection))
  return Int32(isDone == true ? FLATLINE_OK : FLATLINE_ERROR_NOT_WATCHED)
}

/// Both ways to begin a watch.
private func begin(
  _ monitor: OpaquePointer?, _ descriptor: CInt, _ policy: UnsafePointer<CChar>?,
  _ callback: flatline_callback?,
  _ pinger: PingCallback?, _ context: UnsafeMutableRawPointer?,
  _ connection: UnsafeMutablePointer<flatline_connection>?, _ error: UnsafeMutablePointer<flatline_error>?
) -> Int32 {
  Failure.reporting(to: error) { () throws(Failure) in
    connection?.pointee = 0
    guard let handle = MonitorHandle.of(monitor) else {
      throw .argument("monitor: found NULL; allowed: what flatline_monitor_create made")
    }
    guard let callback else {
      throw .argument("callback: found NULL; allowed: a function to tell verdicts to")
    }
    let id: ConnectionID
    do throws(WatchError) {
      id = try handle.monitor.watch(
        descriptor, policy: handle.policy(policy), pinger: pinger,
        onEvent: Callback(function: callback, context: context).take)
    } catch {
      throw Failure(error)
    }
    connection?.pointee = id.rawValue
  }
}

extension MonitorHandle {
  /// The policy that a C program names; the standard one for NULL.
  fileprivate func policy(_ name: UnsafePointer<CChar>?) throws(WatchError) -> Policy {
    guard let name else { return NamedPolicies.standard }
    do throws(PolicyError) {
      return try policies.policy(String(cString: name))
    } catch {
      throw .policy(error)
    }
  }
}
