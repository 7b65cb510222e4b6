import FlatlineCore

extension DetectorConformance {
  func survivesRecycledDescriptor(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    for world in ScriptedWorld.all {
      for detaches in [true, false] {
        guard let alone = trial.attach(try make(), pinger: pinger) else { return }
        let expected = alone.play(.healthy, for: .seconds(5))

        let detector = try make()
        guard let first = trial.attach(detector, pinger: pinger) else { return }
        first.play(world, for: Runs.length)
        if detaches { first.detach() } else { first.discard() }
        let before = ScriptedSocket.freshOptions.mapValues { $0 + 1 }
        let socket = ScriptedSocket(ScriptedWorld.healthy.info(.zero), options: before)
        guard let second = trial.attach(detector, on: socket, pinger: pinger) else { return }
        let said = second.play(.healthy, for: .seconds(5))
        trial.require(
          said == expected,
          "of a new connection under the number of one with \(world.name) it said \(said.story), in place of "
            + expected.story)
        second.detach()
        trial.require(
          socket.options == before, "the options of a new socket were put back to those of the old one")
      }
    }
  }
}
