import FlatlineCore
import Glibc

extension DetectorConformance {
  func silentAfterTheEnd(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needsAccusation()
    // The opinion on a connection must not depend on a connection watched before it.
    for world in worlds where !trial.isOver {
      trial.enter("a healthy connection after the world \"\(world.name)\"")
      guard let alone = trial.begin(try make(), pinger: pinger) else { return }
      let expected = alone.play(.healthy, for: .seconds(5))

      let detector = try make()
      guard let first = trial.begin(detector, descriptor: ScriptedSocket.descriptor - 1, pinger: pinger)
      else { return }
      trial.learnIfAccusing(first.play(world, for: length))
      first.end()
      guard let second = trial.begin(detector, pinger: pinger) else { return }
      let said = second.play(.healthy, for: .seconds(5))
      trial.require(
        said == expected,
        "after the end of a connection with \(world.name) it said \(said.story) of another, healthy one, "
          + "in place of \(expected.story)")
    }
    try touchesNothingAfterTheEnd(pinger, &trial)
  }

  /// On a real socket: the detector changes no option and sends the peer nothing after the end of the watch.
  private func touchesNothingAfterTheEnd(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.enter("a real connection after the end of its watch")
    let connection = try LoopbackConnection.nonblocking()
    let live = try LiveRun(try make(), on: connection, pinger: pinger)
    live.giveEverything()
    let received = connection.received(at: connection.far)
    live.end()
    let options = SocketOptionReading(connection.near)
    usleep(50_000)
    trial.require(
      SocketOptionReading(connection.near) == options, "50 ms after the end a socket's options had changed")
    trial.require(
      connection.received(at: connection.far) == received, "after the end the peer was sent bytes")
  }
}

extension DefaultStringInterpolation {
  /// A value, or `word` for none.
  mutating func appendInterpolation<Value>(_ value: Value?, or word: String) {
    appendInterpolation(value.map { "\($0)" } ?? word)
  }
}
