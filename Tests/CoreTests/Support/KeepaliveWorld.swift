import Flatline
import FlatlineTestKit

/// The kernel's keepalive on the sockets of a ``VirtualStage``, as far as the detector sees it: a probe goes out after a
/// second of silence, each second after that, and at each request. A peer that lives answers.
final class KeepaliveWorld {
  private let stage: VirtualStage
  /// By descriptor: when the peer was heard last, when the last probe went out, and requests so far.
  private var heard: [CInt: MonotonicTime] = [:]
  private var probed: [CInt: MonotonicTime] = [:]
  private var asked: [CInt: Int] = [:]
  /// The descriptors of the peers that are gone.
  var gone: Set<CInt> = []

  init(_ stage: VirtualStage) {
    self.stage = stage
    for descriptor in stage.sockets.open.keys { heard[descriptor] = stage.machine.now() }
  }

  /// Lets the monitor run.
  func run(_ duration: Duration) {
    stage.machine.run(stage.monitor, for: duration) { self.update() }
  }

  private func update() {
    let now = stage.machine.now()
    for (descriptor, socket) in stage.sockets.open {
      let heard = heard[descriptor] ?? now
      let silence = now - heard
      let requests = socket.settings.filter { $0.option == .keepaliveIdle }.count
      let isAsked = requests > asked[descriptor] ?? 0 && silence >= .seconds(1)
      asked[descriptor] = requests
      let isDue = silence >= .seconds(1) && now - max(heard, probed[descriptor] ?? heard) >= .seconds(1)
      if socket.options[.keepalive] == 1, isAsked || isDue {
        probed[descriptor] = now
        if gone.contains(descriptor) { socket.info.probes += 1 } else { answer(descriptor, socket, now) }
      }
      socket.info.sinceAcknowledged = now - (self.heard[descriptor] ?? now)
      socket.info.sinceDataReceived = .seconds(100)
    }
  }

  private func answer(_ descriptor: CInt, _ socket: ScriptedSocket, _ now: MonotonicTime) {
    heard[descriptor] = now
    socket.info.probes = 0
    socket.info.segmentsReceived &+= 1
  }
}
