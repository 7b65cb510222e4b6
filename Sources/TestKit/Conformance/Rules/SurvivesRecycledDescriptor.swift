import FlatlineCore

extension DetectorConformance {
  func survivesRecycledDescriptor(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needsAccusation()
    for world in worlds where !trial.isOver {
      trial.enter("a new connection after the world \"\(world.name)\"")
      guard let alone = trial.begin(try make(), pinger: pinger) else { return }
      let expected = alone.play(.healthy, for: .seconds(5))

      let detector = try make()
      // The first watch does not end: the owner closes the descriptor, and another socket gets the number.
      guard let first = trial.begin(detector, pinger: pinger) else { return }
      trial.learnIfAccusing(first.play(world, for: length))
      guard let second = trial.begin(detector, pinger: pinger) else { return }
      let said = second.play(.healthy, for: .seconds(5))
      trial.require(
        said == expected,
        "of a new connection under the number of one with \(world.name) it said \(said.story), in place of "
          + expected.story)
    }
  }
}
