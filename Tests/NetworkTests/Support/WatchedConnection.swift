import Flatline
import FlatlineTestSupport

/// A connection through a test network, watched under a policy.
struct WatchedPair {
  enum Use: String, CaseIterable, Sendable {
    /// Nothing is sent.
    case idle
    /// 100 bytes every 100 ms.
    case inFlight
    /// An echo heartbeat of Flatline's own.
    case heartbeat

    /// The same in the words of an explanation.
    var traffic: Traffic {
      switch self {
      case .idle: .idle
      case .inFlight: .inFlight
      case .heartbeat: .heartbeat
      }
    }
  }

  let pair: TCPPair
  let log = VerdictLog()
  let use: Use
  let policy: Policy
  private let monitor: Monitor
  private let connection: ConnectionID

  init(
    over network: TestNetwork, _ policy: Policy, _ use: Use, on monitor: Monitor,
    congestionControl: String? = nil
  ) throws {
    self.use = use
    self.policy = policy
    self.monitor = monitor
    pair = try TCPPair(
      over: network, server: use == .heartbeat ? .echoes : .drains, congestionControl: congestionControl)
    let pinger = use == .heartbeat ? ProtocolPinger(EchoHeartbeat(), on: pair.client) : nil
    connection = try monitor.watch(pair.client, policy: policy, pinger: pinger) { [log] in log.take($0) }
    if use == .inFlight { try pair.startTraffic() }
  }

  func close() {
    monitor.unwatch(connection)
    pair.close()
  }

  var name: String { "\(policy.name) \(use.rawValue)" }
}
