import Flatline
import FlatlineLab
import FlatlineTestSupport

/// A connection through a lab, watched under a policy.
struct WatchedConnection {
  let connection: LabConnection
  let log = VerdictLog()
  let policy: Policy
  let traffic: Traffic
  private let monitor: Monitor
  private let id: ConnectionID

  /// - Parameters:
  ///   - traffic: in flight is 100 bytes every 100 ms; a heartbeat is an echo of Flatline's own.
  ///   - congestionControl: of both ends; `nil` is the machine's own.
  init(
    in lab: Lab, _ policy: Policy, _ traffic: Traffic, on monitor: Monitor, congestionControl: String? = nil
  ) throws {
    self.policy = policy
    self.traffic = traffic
    self.monitor = monitor
    // What a program does it does to all its connections: those that echo have one of their own.
    let peer = traffic == .heartbeat ? try lab.server.startPeer(behaviour: .echo) : lab.peer
    connection = try lab.connect(congestionControl: congestionControl, to: peer)
    let pinger = traffic == .heartbeat ? ProtocolPinger(EchoHeartbeat(), on: connection.descriptor) : nil
    id = try monitor.watch(connection.descriptor, policy: policy, pinger: pinger) { [log] in log.take($0) }
    if traffic == .inFlight { try connection.setTraffic(.active) }
  }

  func close() {
    monitor.unwatch(id)
    connection.close()
  }

  var name: String { "\(policy.name) \(traffic.rawValue)" }
}

extension Lab {
  /// A monitor of the client's connections, which hears of the client's links.
  func makeMonitor(drive: Monitor.Drive = .ownThread) throws -> Monitor {
    try Monitor(registry: .builtIn, drive: drive, netlink: client.netlinkOpening)
  }
}
