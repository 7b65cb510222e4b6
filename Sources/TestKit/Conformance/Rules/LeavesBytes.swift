import FlatlineCore

extension DetectorConformance {
  func leavesBytes(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    for finishes in [false, true] {
      trial.enter("a real connection with unread bytes")
      let connection = try LoopbackConnection.nonblocking()
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
    try leavesBytesInEachWorld(pinger, &trial)
  }

  private func leavesBytesInEachWorld(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let connection = try LoopbackConnection.nonblocking()
    connection.send("twelve bytes", from: connection.far)
    try inEachWorld(pinger, &trial, on: connection) { world, run, trial in
      if trial.hasFailed { return }
      run.play(world, for: length)
      let bytes = connection.received(at: connection.near)
      trial.require(
        bytes == 12, "with \(world.name), of 12 bytes that the peer sent the app could read \(bytes)")
      trial.require(
        connection.received(at: connection.far) == 0,
        "with \(world.name) it sent bytes of its own on the app's stream")
    }
  }
}
