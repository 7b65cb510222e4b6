import FlatlineCore

extension DetectorConformance {
  func closesWhatItOpens(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    // On a thread with its own descriptors: other descriptors open and close in a process that runs tests.
    let stories = try OwnDescriptors.run { try [storyOfAWatch(pinger), storyOfASource()] }
    for case let story? in stories { trial.fail(story) }
  }

  /// The violation after one connection, if any.
  private func storyOfAWatch(_ pinger: (any Pinger)?) throws -> String? {
    let connection = try LoopbackConnection()
    return try story("its watch") {
      let live = try LiveRun(try make(), on: connection, pinger: pinger)
      live.giveEverything()
      live.end()
    }
  }

  /// The violation after one shared source, if any.
  private func storyOfASource() throws -> String? {
    let connection = try LoopbackConnection()
    let endpoints = try? LiveSocketAccess().endpoints(connection.near)
    return story("its source") {
      // A source that cannot be made here has left nothing open.
      guard let source = try? make().makeSource(in: SourceSurroundings()) else { return }
      let id = ConnectionID(slot: 0, generation: 1)
      source.attach(id, endpoints, now: .now())
      if let source = source as? any NewsSource {
        _ = source.advance(isReady: true, now: .now())
        _ = source.news(of: id)
      }
      if let source = source as? any ReadAheadSource { source.prepare(due: 1, now: .now()) }
      source.detach(id)
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
