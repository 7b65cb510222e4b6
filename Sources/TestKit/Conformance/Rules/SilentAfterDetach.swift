import FlatlineCore
import Glibc

extension DetectorConformance {
  func silentAfterDetach(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    // What a connection hears must not depend on one that was watched before it.
    for world in ScriptedWorld.all {
      guard let alone = trial.attach(try make(), pinger: pinger) else { return }
      let expected = alone.play(.healthy, for: .seconds(5))

      let detector = try make()
      guard let first = trial.attach(detector, descriptor: ScriptedSocket.descriptor - 1, pinger: pinger)
      else { return }
      first.play(world, for: Runs.length)
      first.detach()
      first.socket.forgetCalls()
      guard let second = trial.attach(detector, pinger: pinger) else { return }
      let said = second.play(.healthy, for: .seconds(5))
      trial.require(
        said == expected,
        "after the detach of a connection with \(world.name) it said \(said.story) of another, healthy one, "
          + "in place of \(expected.story)")
      trial.require(
        first.socket.calls.isEmpty,
        "after its detach a socket was asked for \(first.socket.calls.first, or: "nothing")")
    }
    try touchesNothingAfterDetach(pinger, &trial)
  }

  /// On a real socket: neither its options nor its peer notice anything once it is detached.
  private func touchesNothingAfterDetach(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let connection = try LoopbackConnection()
    let live = try LiveRun(try make(), on: connection, pinger: pinger)
    live.giveEverything()
    let received = connection.received(at: connection.far)
    live.detach()
    let options = SocketOptionReading(connection.near)
    usleep(50_000)
    trial.require(
      SocketOptionReading(connection.near) == options, "50 ms after its detach a socket's options had changed"
    )
    trial.require(
      connection.received(at: connection.far) == received, "after its detach the peer was sent bytes")
  }
}

extension DefaultStringInterpolation {
  /// A value, or a word for none.
  mutating func appendInterpolation<Value>(_ value: Value?, or word: String) {
    appendInterpolation(value.map { "\($0)" } ?? word)
  }
}
