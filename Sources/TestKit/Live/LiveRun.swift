import FlatlineCore

/// One detector on a real connection, given whatever signals a rule wants, without a monitor.
final class LiveRun<Method: Detector> {
  private let detector: Method
  private let connection: LoopbackConnection
  private let access = LiveSocketAccess()
  private let pinger: (any Pinger)?
  private var state: Method.State

  init(_ detector: Method, on connection: LoopbackConnection, pinger: (any Pinger)?) throws(Errno) {
    self.detector = detector
    self.connection = connection
    self.pinger = pinger
    access.beginTurn()
    state = try detector.attach(
      BorrowedSocket(connection.near, access: access, pinger: pinger), now: .now())
  }

  /// Gives every kind of signal, some of them more than once, each in a turn of its own.
  func giveEverything() {
    for event in Runs.events + [.deadline, .deadline, .challenge] {
      access.beginTurn()
      _ = detector.observe(
        Signal(event, now: .now()), on: BorrowedSocket(connection.near, access: access, pinger: pinger),
        state: &state)
    }
  }

  func discard() {
    detector.discard(state)
  }

  func detach() {
    access.beginTurn()
    detector.detach(BorrowedSocket(connection.near, access: access, pinger: pinger), state: state)
  }
}
