import CFlatlineTestKit
import FlatlineCore

extension DetectorConformance {
  func neverBlocks(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needs("it was woken in none of these worlds")
    try neverBlocks(on: nil, pinger, &trial)
    if !trial.hasFailed { try neverBlocksForReal(pinger, &trial) }
  }

  /// On a scripted socket, or on a real one in scripted worlds.
  private func neverBlocks(
    on connection: LoopbackConnection?, _ pinger: (any Pinger)?, _ trial: inout Trial,
    _ call: CallInProgress? = nil
  ) throws {
    let place = connection == nil ? "" : " on a real socket without bytes"
    let descriptor = connection?.near ?? ScriptedSocket.descriptor
    for world in worlds where !trial.hasFailed {
      trial.enter("the world \"\(world.name)\"\(place)")
      let detector = try make()
      call?.begin("its first look with \(world.name)")
      if waits({ _ = try? DetectorRun(detector, on: .healthy, descriptor: descriptor, pinger: pinger) }) {
        trial.fail("with \(world.name)\(place) begin(_:) waited: none may block")
      }
      guard let run = trial.begin(detector, descriptor: descriptor, pinger: pinger) else { return }
      run.play(world, for: length) { reasons in
        trial.learn()
        guard !trial.hasFailed else { return nil }
        let look = run.look(reasons)
        let state = run.state
        call?.begin("a look with \(world.name)")
        let hasWaited = waits {
          var copy = state
          _ = detector.examine(look, &copy)
        }
        if hasWaited {
          trial.fail("with \(world.name)\(place), \(run.age), examine(_:_:) waited: none may block")
        }
        return run.examine(look)
      }
    }
    call?.begin(nil)
  }

  /// Whether a call gives up the processor each time. Once may be a page that was not there, or a lock of the heap.
  private func waits(_ body: () -> Void) -> Bool {
    for _ in 0..<4 {
      let before = flatline_voluntary_switches()
      body()
      if flatline_voluntary_switches() == before { return false }
    }
    return true
  }

  /// On a socket that blocks. A call that does not come back gets the end of the stream.
  private func neverBlocksForReal(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let connection = try LoopbackConnection.impatient()
    let call = CallInProgress()
    let work = trial
    let result = OwnThread.start {
      var trial = work
      defer { Trial.leave() }
      return Result {
        try self.neverBlocks(on: connection, pinger, &trial, call)
        return trial
      }
    }
    while !result.isOver {
      result.wait(for: .milliseconds(50))
      guard let story = call.stuck(for: .seconds(3)) else { continue }
      trial.fail("\(story) did not come back within three seconds: none may block")
      // Whatever waits for the socket comes back now.
      connection.finish(connection.near)
      connection.finish(connection.far)
      result.wait(for: .seconds(1))
      if !result.isOver { return }
    }
    if let finished = try result.value?.get(), !trial.hasFailed { trial = finished }
  }
}
