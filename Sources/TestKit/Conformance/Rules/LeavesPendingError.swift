import FlatlineCore
import Glibc

extension DetectorConformance {
  func leavesPendingError(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    for sends in [false, true] {
      let connection = try LoopbackConnection()
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
  }
}
