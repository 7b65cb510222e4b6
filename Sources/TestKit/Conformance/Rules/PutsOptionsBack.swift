import FlatlineCore

extension DetectorConformance {
  func putsOptionsBack(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let fresh = ScriptedSocket.freshOptions
    var tables: [(name: String, options: [SocketOption: CInt])] = [
      ("a fresh socket", fresh),
      ("a socket whose options the app has set", fresh.mapValues { $0 == 0 ? 1 : $0 / 2 + 1 }),
      ("a socket without options", [:]),
    ]
    tables += fresh.keys.map { option in
      ("a kernel without option \(option.level)/\(option.name)", fresh.filter { $0.key != option })
    }
    for (name, options) in tables {
      for world in ScriptedWorld.all {
        try putsBack(options, world, name, pinger, failing: nil, &trial)
      }
      // The first, the second, … option that it sets is refused.
      for number in 1...8 {
        try putsBack(options, .healthy, name, pinger, failing: number, &trial)
      }
    }
    try putsBackForReal(pinger, &trial)
  }

  private func putsBack(
    _ options: [SocketOption: CInt], _ world: ScriptedWorld, _ name: String, _ pinger: (any Pinger)?,
    failing number: Int?, _ trial: inout Trial
  ) throws {
    let socket = ScriptedSocket(world.info(.zero), options: options)
    var count = 0
    socket.failure = { call in
      guard case .setOption = call else { return nil }
      count += 1
      return count == number ? .notSupported : nil
    }
    let detector = try make()
    let run: DetectorRun<Method>
    do throws(Errno) {
      run = try DetectorRun(detector, on: socket, pinger: pinger)
    } catch {
      trial.require(
        socket.options == options, "on \(name) it refused to attach (\(error)) and left options changed")
      return
    }
    // What is refused later, when it would be put back, is nobody's fault.
    socket.failure = { _ in nil }
    run.play(world, for: .seconds(10))
    run.detach()
    let changed = options.filter { socket.options[$0.key] != $0.value }.keys
    let refused = number.map { ", where setting number \($0) was refused," } ?? ""
    trial.require(
      changed.isEmpty,
      "on \(name)\(refused) with \(world.name) it left \(changed.map { "\($0.level)/\($0.name)" }.sorted()) changed"
    )
  }

  private func putsBackForReal(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let connection = try LoopbackConnection()
    let before = SocketOptionReading(connection.near)
    let live = try LiveRun(try make(), on: connection, pinger: pinger)
    live.giveEverything()
    live.detach()
    let after = SocketOptionReading(connection.near)
    trial.require(after == before, "on a real socket it left \(after.changes(since: before)) changed")
  }
}
