import FlatlineCore
import Glibc

extension DetectorConformance {
  /// - Parameter waits: whether to let real time pass too.
  func readsNoClock(_ pinger: (any Pinger)?, waits: Bool, _ trial: inout Trial) throws {
    trial.needs("it was woken in none of these worlds")
    for world in worlds where !trial.isOver {
      trial.enter("the world \"\(world.name)\" at four times of the clock")
      let courses = try Self.starts.compactMap { try course(of: world, from: $0, pinger, &trial) }
      guard let first = courses.first else { return }
      for (start, course) in zip(Self.starts, courses) where !course.isLike(first) {
        trial.fail(
          "with \(world.name) from the time \(start.nanoseconds) on it said \(course), in place of \(first), "
            + "which it said from \(Self.starts[0].nanoseconds) on")
      }
    }
    if waits { try readsNoClockMeanwhile(pinger, &trial) }
  }

  /// Whole seconds: a detector may keep its times in seconds. One is the machine's own.
  private static var starts: [MonotonicTime] {
    [1000, 1001, MonotonicTime.now().nanoseconds / 1_000_000_000, 90_000].map {
      MonotonicTime(nanoseconds: $0 * 1_000_000_000)
    }
  }

  /// The evidence of a watch that begins at this time.
  private func course(
    of world: ScriptedWorld, from start: MonotonicTime, _ pinger: (any Pinger)?, _ trial: inout Trial
  ) throws -> Course? {
    let clock = VirtualClock(startingAt: start)
    guard let run = trial.begin(try make(), pinger: pinger, clock: clock) else { return nil }
    return Course(
      remarks: run.play(world, for: length).map {
        Course.Remark(leaning: $0.leaning, cause: $0.cause, time: $0.time - start)
      })
  }

  /// Looks at a connection that dies, examined once more when real time has passed.
  private func readsNoClockMeanwhile(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    var memories: [Memory] = []
    // One detector: what another one remembers is another fault.
    let detector = try make()
    for world in worlds {
      trial.enter("the world \"\(world.name)\"")
      guard let run = trial.begin(detector, pinger: pinger) else { return }
      run.play(world, for: length) { reasons in
        trial.learn()
        let look = run.look(reasons)
        let before = run.state
        let evidence = run.examine(look)
        // Another look may have followed an unsent ping: the state is then not that of this look alone.
        guard memories.count < Self.mostMemories else { return evidence }
        var after = before
        let opinion = detector.examine(look, &after)
        memories.append((world.name, LookCopy(look), before, after, opinion))
        return evidence
      }
    }
    guard !memories.isEmpty else { return }
    trial.enter("looks that it had a second before")
    // Longer than a second: a clock may be read in whole ones.
    usleep(1_050_000)
    for memory in memories where !trial.isOver {
      var state = memory.before
      let opinion = detector.examine(memory.look.look, &state)
      trial.require(
        opinion == memory.opinion,
        "with \(memory.world) it said \(memory.opinion.story) of a look, and \(opinion.story) of the same look and "
          + "state a second later")
      if let states = difference(memory.after, state) {
        trial.fail(
          "with \(memory.world) a look left \(states.0), and the same look and state a second later \(states.1)"
        )
      }
    }
  }

  private static var mostMemories: Int { 20_000 }

  /// A look, and what the detector made of it.
  private typealias Memory = (
    world: String, look: LookCopy, before: Method.State, after: Method.State, opinion: Opinion
  )
}

/// The evidence of a watch, with times from its beginning on.
private struct Course: CustomStringConvertible {
  struct Remark {
    let leaning: Leaning
    let cause: Cause?
    let time: Duration
  }

  let remarks: [Remark]

  /// The rounding of an estimator may move a look by its least step.
  private static let tolerance = Duration.milliseconds(5)

  func isLike(_ other: Course) -> Bool {
    remarks.count == other.remarks.count
      && zip(remarks, other.remarks).allSatisfy { one, other in
        one.leaning == other.leaning && one.cause == other.cause
          && abs((one.time - other.time) / .nanoseconds(1)) <= Self.tolerance / .nanoseconds(1)
      }
  }

  var description: String {
    guard !remarks.isEmpty else { return "nothing" }
    return remarks.prefix(4).map { "\($0.leaning) at \($0.time)" }.joined(separator: ", ")
      + (remarks.count > 4 ? " and \(remarks.count - 4) more" : "")
  }
}
