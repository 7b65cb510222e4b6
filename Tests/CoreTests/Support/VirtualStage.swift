import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport

/// A monitor on a virtual clock, a virtual event queue and scripted sockets: the engine's own code, and no time passes.
final class VirtualStage {
  let machine = VirtualMachine()
  let sockets = VirtualSockets()
  let monitor: Monitor

  /// - Parameters:
  ///   - registry: the detectors.
  ///   - count: how many sockets there are, by the descriptors from 1 on, each connected.
  init(_ registry: DetectorRegistry, sockets count: Int = 1) throws {
    for number in 0..<count {
      let socket = ScriptedSocket(.connected)
      socket.cookie = UInt64(number + 1)
      sockets.open[CInt(number + 1)] = socket
    }
    monitor = try Monitor(
      registry: registry, system: MonitorSystem(clock: machine, queue: machine, sockets: sockets))
  }

  /// With a puppet for its one detector.
  convenience init(_ strings: PuppetStrings, sockets count: Int = 1) throws {
    try self.init(DetectorRegistry().registering(PuppetDetector(strings: strings)), sockets: count)
  }

  /// Lets the monitor run for so long.
  func run(_ duration: Duration) { machine.run(monitor, for: duration) }

  /// The monitor does not run for so long.
  func sleep(_ duration: Duration) { machine.pass(duration) }

  /// epoll reports bits of a socket, and the monitor takes a turn.
  func report(_ bits: Readiness, of descriptor: CInt = 1) {
    machine.report(bits, of: descriptor)
    machine.run(monitor, for: .zero)
  }
}

extension TCPInfo {
  /// Of a connection that is up.
  static var connected: TCPInfo {
    var info = TCPInfo(state: .established)
    info.segmentsSent = 2
    info.segmentsReceived = 1
    info.sendWindow = 65_536
    return info
  }
}

extension Policy {
  /// A puppet alone.
  static let puppet = PuppetDetector.policy
}

/// What one thread uses, in a closure that could be called on another.
///
/// `@unchecked Sendable` holds because a virtual machine runs its monitor on the test's thread.
struct Unchecked<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
