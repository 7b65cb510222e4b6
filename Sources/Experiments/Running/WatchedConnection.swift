import Flatline
import FlatlineLab
import Glibc

/// One trial's connection in a lab, watched; unwatched and closed by ``close()``.
struct WatchedConnection {
  let trial: Trial
  let connection: LabConnection
  let log = WatchLog()
  private let monitor: Monitor
  private var id: ConnectionID?
  /// The time of the watch's beginning.
  private(set) var start = MonotonicTime.now()

  /// TCP_USER_TIMEOUT of `<linux/tcp.h>`.
  private static let userTimeoutOption: CInt = 18

  /// Takes over the connection; the watch begins with ``begin()``.
  init(_ trial: Trial, _ connection: LabConnection, on monitor: Monitor) throws(TrialFailure) {
    self.trial = trial
    self.monitor = monitor
    self.connection = connection
    if trial.pings, !trial.scenario.fault.isOfTheReader { connection.leaveReading() }
    do throws(TrialFailure) {
      try WatchedConnection.setUserTimeout(trial.userTimeout, of: connection.descriptor)
    } catch {
      connection.close()
      throw error
    }
  }

  /// Begins the watch, the heartbeat and the traffic.
  mutating func begin() throws(TrialFailure) {
    let pinger = trial.pings ? pinger : nil
    start = .now()
    do throws(WatchError) {
      id = try monitor.watch(connection.descriptor, policy: trial.policy, pinger: pinger) {
        [log, monitor] event in
        log.take(event, asleep: monitor.timeAsleep)
      }
    } catch {
      throw TrialFailure(error)
    }
    // A fault's scene may have a traffic of its own.
    guard trial.traffic == .inFlight, connection.traffic == .idle else { return }
    do throws(LabError) {
      try connection.setTraffic(.active)
    } catch {
      throw TrialFailure(error)
    }
  }

  /// The heartbeat of a program that can be busy, and that may read its stream itself.
  private var pinger: any Pinger {
    guard trial.scenario.fault.isOfTheReader else {
      return BusyPinger(
        connection: connection, pinger: ProtocolPinger(EchoHeartbeat(), on: connection.descriptor))
    }
    return AppPinger { [connection] in
      // A dead socket takes no bytes; the detectors see the cause.
      _ = try? StreamIO.send(Array("ping\n".utf8), to: connection.descriptor)
      return .sent
    }
  }

  func close() {
    if let id { monitor.unwatch(id) }
    connection.close()
  }

  private static func setUserTimeout(_ timeout: Duration?, of descriptor: CInt) throws(TrialFailure) {
    guard let timeout else { return }
    var milliseconds = CUnsignedInt(clamping: timeout.clampedNanoseconds / 1_000_000)
    let size = socklen_t(MemoryLayout<CUnsignedInt>.size)
    guard setsockopt(descriptor, CInt(IPPROTO_TCP), userTimeoutOption, &milliseconds, size) == 0 else {
      throw TrialFailure("TCP_USER_TIMEOUT", Errno(rawValue: errno))
    }
  }
}

extension Trial {
  /// The behaviour of the peer's program.
  var peer: PeerBehaviour { pings ? .echo : .drain }
}

extension Conditions {
  /// The conditions of each direction of a path.
  var path: PathConditions {
    PathConditions(
      delay: roundTrip / 2, jitter: jitter, loss: loss > 0 ? .random(loss) : .none, rate: rate)
  }
}

/// A pinger whose program is at times in the middle of something.
private struct BusyPinger: Pinger {
  let connection: LabConnection
  let pinger: ProtocolPinger

  var readsStream: Bool { true }
  func sendPing() -> PingOutcome { connection.isBusy ? .notNow : pinger.sendPing() }
  func receive() -> StreamReception { pinger.receive() }
}
