import FlatlineCore
import FlatlineTestKit

extension Evidence {
  /// What evidence says, without its readings; the time counts from the beginning of the watch.
  struct Summary: Hashable, Sendable {
    let leaning: Leaning
    let layer: Layer
    let cause: Cause?
    let isConclusive: Bool
    let time: Duration

    init(_ leaning: Leaning, _ layer: Layer, _ cause: Cause?, _ isConclusive: Bool, _ time: Duration) {
      self.leaning = leaning
      self.layer = layer
      self.cause = cause
      self.isConclusive = isConclusive
      self.time = time
    }
  }
}

/// Runs of detectors whose type is known only when the test runs.
enum Summaries {
  /// The evidence of a detector in a world, for ten seconds.
  static func of(_ detector: any Detector, in world: ScriptedWorld) throws -> [Evidence.Summary] {
    try run(detector, world)
  }

  private static func run<Method: Detector>(
    _ detector: Method, _ world: ScriptedWorld
  ) throws -> [Evidence.Summary] {
    let run = try DetectorRun(detector, on: ScriptedSocket(world.info(.zero)))
    let said = run.play(world, for: .seconds(10))
    return said.map {
      Evidence.Summary($0.leaning, $0.layer, $0.cause, $0.isConclusive, $0.time - run.start)
    }
  }
}
