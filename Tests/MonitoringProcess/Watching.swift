import Flatline
import Glibc

/// A thousand healthy connections, half of them with a heartbeat, half idle, and two more that will die: the
/// victims, one of each kind. Prints `ready`, then a line for each verdict, until it is killed.
enum Watching {
  static let healthy = 1000

  static func run(port: UInt16, peers: String, victim: String) throws {
    let monitor = try Monitor()
    for number in 0..<healthy {
      try watch("healthy-\(number)", on: monitor, peers, port, hasHeartbeat: number % 2 == 0)
    }
    try watch("victim-heartbeat", on: monitor, victim, port, hasHeartbeat: true)
    try watch("victim-idle", on: monitor, victim, port, hasHeartbeat: false)
    say("ready")
    while true { pause() }
  }

  private static func watch(
    _ name: String, on monitor: Monitor, _ address: String, _ port: UInt16, hasHeartbeat: Bool
  ) throws {
    let descriptor = try Endpoint.connect(to: address, port: port)
    let pinger = hasHeartbeat ? ProtocolPinger(EchoHeartbeat(), on: descriptor) : nil
    _ = try monitor.watch(descriptor, policy: .fastPath, pinger: pinger) { event in
      guard case .verdict(let change) = event else { return }
      let why = change.decidedBy.map { "\($0.detector)" }.joined(separator: "+")
      say("verdict \(name) \(change.verdict) \(why)")
    }
  }
}
