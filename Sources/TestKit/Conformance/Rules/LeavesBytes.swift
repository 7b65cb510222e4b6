import FlatlineCore

extension DetectorConformance {
  func leavesBytes(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    for finishes in [false, true] {
      let connection = try LoopbackConnection()
      let live = try LiveRun(try make(), on: connection, pinger: pinger)
      connection.send("twelve bytes", from: connection.far)
      live.giveEverything()
      if finishes { connection.finish(connection.far) }
      live.giveEverything()
      live.end()
      let bytes = connection.received(at: connection.near)
      let text = String(decoding: connection.take(at: connection.near), as: UTF8.self)
      trial.require(
        text == "twelve bytes",
        "of 12 bytes that the peer sent\(finishes ? " before its FIN" : "") the app could read \(bytes)")
      trial.require(
        connection.received(at: connection.far) == 0, "it sent bytes of its own on the app's stream")
      trial.require(
        connection.canSend(from: connection.near), "it closed the socket or shut its sending down")
    }
  }
}
