import FlatlineCore

extension DetectorConformance {
  func setsDeclaredOptions(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let fresh = ScriptedSocket.freshOptions
    var tables: [(name: String, options: [SocketOption: CInt])] = [
      ("a fresh socket", fresh),
      ("a socket whose options the app has set", fresh.mapValues { $0 == 0 ? 1 : $0 / 2 + 1 }),
      ("a socket without options", [:]),
    ]
    tables += fresh.keys.map { option in
      ("a kernel without option \(option.story)", fresh.filter { $0.key != option })
    }
    for (index, (name, options)) in tables.enumerated() {
      // Every world with the first table; the others are about options, not about worlds.
      for world in index == 0 ? worlds : ScriptedWorld.all {
        trial.enter("the world \"\(world.name)\" on \(name)")
        let socket = ScriptedSocket(world.info(.zero), options: options)
        // If an option that it requires is missing, `watch` fails.
        guard let run = try? DetectorRun(try make(), on: socket, pinger: pinger) else { continue }
        run.play(world, for: .seconds(10))
        for reasons in Runs.reasons(run.detector.needs) { run.give(reasons) }
        let undeclared = Set(run.undeclaredOptions.map(\.story)).sorted()
        trial.require(
          undeclared.isEmpty, "on \(name) with \(world.name) it set \(undeclared), which it does not declare")
      }
    }
    try setsDeclaredOptionsForReal(pinger, &trial)
  }

  private func setsDeclaredOptionsForReal(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.enter("a real connection")
    let connection = try LoopbackConnection.nonblocking()
    let before = SocketOptionReading(connection.near)
    let live = try LiveRun(try make(), on: connection, pinger: pinger)
    live.giveEverything()
    let changed = SocketOptionReading(connection.near).changes(since: before, but: live.declaredOptions)
    trial.require(
      changed.isEmpty, "of a real socket it changed \(changed), which it does not declare")
    live.end()
    let left = SocketOptionReading(connection.near).changes(since: before)
    trial.require(left.isEmpty, "of a real socket it left \(left) changed")
    try setsDeclaredOptionsInEachWorld(pinger, &trial)
  }

  /// On a real socket in scripted worlds: its declared options are held on the scripted one, so that none changes here.
  private func setsDeclaredOptionsInEachWorld(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let connection = try LoopbackConnection.nonblocking()
    let before = SocketOptionReading(connection.near)
    try inEachWorld(pinger, &trial, on: connection) { world, run, trial in
      run.play(world, for: length)
      run.end()
      let changed = SocketOptionReading(connection.near).changes(since: before)
      trial.require(
        changed.isEmpty,
        "with \(world.name) it changed \(changed) of a real socket, by no action of the monitor")
    }
  }
}

extension SocketOption {
  /// Level and name, for a story.
  fileprivate var story: String { "\(level)/\(name)" }
}
