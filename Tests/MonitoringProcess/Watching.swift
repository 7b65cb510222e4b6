import Flatline
import Glibc

/// A thousand healthy connections, a fifth of them with a heartbeat, the others idle, and two more that will die: the
/// victims, one of each kind. Prints each victim's port and `ready`, then a line for each verdict, until it is killed.
enum Watching {
  static let healthy = 1000

  static func run(address: String, port: UInt16) throws {
    let monitor = try Monitor()
    for number in 0..<healthy {
      _ = try watch("healthy-\(number)", on: monitor, address, port, hasHeartbeat: number % 5 == 0)
    }
    for (name, hasHeartbeat) in [("victim-heartbeat", true), ("victim-idle", false)] {
      let own = try watch(name, on: monitor, address, port, hasHeartbeat: hasHeartbeat)
      say("\(name) \(own)")
    }
    say("ready")
    while true { pause() }
  }

  /// Returns the connection's own port.
  private static func watch(
    _ name: String, on monitor: Monitor, _ address: String, _ port: UInt16, hasHeartbeat: Bool
  ) throws -> UInt16 {
    let descriptor = try Endpoint.connect(to: address, port: port)
    let pinger = hasHeartbeat ? ProtocolPinger(EchoHeartbeat(), on: descriptor) : nil
    _ = try monitor.watch(descriptor, policy: .fastPath, pinger: pinger) { event in
      guard case .verdict(let change) = event else { return }
      let why = change.decidedBy.map { "\($0.detector)" }.joined(separator: "+")
      say("verdict \(name) \(change.verdict) \(why)")
    }
    return try Endpoint.port(of: descriptor)
  }
}
