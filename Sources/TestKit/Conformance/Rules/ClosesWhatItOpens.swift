import FlatlineCore

extension DetectorConformance {
  func closesWhatItOpens(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    // On a thread with its own descriptors: other descriptors open and close in a process that runs tests.
    let stories = try OwnDescriptors.run {
      defer { Trial.leave() }
      return try [storyOfAWatch(pinger, trial), storyOfWorlds(pinger, trial), storyOfASource(trial)]
    }
    for case let story? in stories { trial.fail(story) }
  }

  /// The violation after one connection, if any.
  private func storyOfAWatch(_ pinger: (any Pinger)?, _ trial: Trial) throws -> String? {
    trial.enter("a real connection")
    let connection = try LoopbackConnection.nonblocking()
    return try story("its watch") {
      let live = try LiveRun(try make(), on: connection, pinger: pinger)
      live.giveEverything()
      live.end()
    }
  }

  /// The violation after the first world that left one, if any.
  private func storyOfWorlds(_ pinger: (any Pinger)?, _ trial: Trial) throws -> String? {
    let connection = try LoopbackConnection.nonblocking()
    for world in worlds {
      trial.enter("the world \"\(world.name)\" on a real connection")
      let left = story("a watch with \(world.name)") {
        let run = try? DetectorRun(try make(), on: .healthy, descriptor: connection.near, pinger: pinger)
        run?.play(world, for: length)
        run?.end()
      }
      if let left { return left }
    }
    return nil
  }

  /// The violation after one shared source, if any.
  private func storyOfASource(_ trial: Trial) throws -> String? {
    trial.enter("the life of its shared source")
    let connection = try LoopbackConnection.nonblocking()
    let endpoints = try? LiveSocketAccess().endpoints(connection.near)
    return story("its source") {
      // A source that cannot be made here has left nothing open.
      guard let source = try? make().makeSource(in: SourceSurroundings()) else { return }
      let ids = (0..<3).map { ConnectionID(slot: $0, generation: 1) }
      for id in ids { source.attach(id, endpoints, now: .now()) }
      if let source = source as? any NewsSource {
        stir(source)
        _ = source.advance(isReady: SourceTrial.isReady(source), now: .now())
        for id in ids { _ = source.news(of: id) }
      }
      if let source = source as? any ReadAheadSource { source.prepare(due: 1, now: .now()) }
      for id in ids { source.detach(id) }
    }
  }

  private func story(_ subject: String, _ body: () throws -> Void) rethrows -> String? {
    let open = OwnDescriptors.count
    try body()
    let left = OwnDescriptors.count - open
    if left > 0 { return "after \(subject) \(left) descriptor\(left == 1 ? "" : "s") stayed open" }
    return left < 0 ? "\(subject) closed a descriptor that is not its own" : nil
  }
}
