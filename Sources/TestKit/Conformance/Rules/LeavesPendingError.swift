import FlatlineCore
import Glibc

extension DetectorConformance {
  func leavesPendingError(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    for sends in [false, true] {
      trial.enter("a real connection that was reset")
      let connection = try LoopbackConnection.nonblocking()
      let live = try LiveRun(try make(), on: connection, pinger: pinger)
      live.giveEverything()
      if sends { connection.send("unread", from: connection.far) }
      connection.reset(connection.far)
      live.giveEverything()
      live.end()
      let error = connection.pendingError(of: connection.near)
      trial.require(
        error == ECONNRESET,
        "after a reset the app's SO_ERROR was \(error == 0 ? "taken" : "\(error)") in place of ECONNRESET")
    }
    for world in worlds where !trial.hasFailed {
      trial.enter("the world \"\(world.name)\" on a real connection that was reset")
      let connection = try LoopbackConnection.nonblocking()
      connection.reset(connection.far)
      guard let run = trial.begin(try make(), descriptor: connection.near, pinger: pinger) else { return }
      run.play(world, for: length)
      let error = connection.pendingError(of: connection.near)
      trial.require(
        error == ECONNRESET,
        "with \(world.name), after a reset, the app's SO_ERROR was \(error == 0 ? "taken" : "\(error)") in place of "
          + "ECONNRESET")
    }
  }
}
