import FlatlineCore
import FlatlineTestKit

/// One detector on one scripted socket, with times in whole milliseconds after the attachment.
final class VirtualRun<Method: Detector> {
  private let run: DetectorRun<Method>

  init(_ detector: Method, on socket: ScriptedSocket = ScriptedSocket(), pinger: (any Pinger)? = nil) throws {
    run = try DetectorRun(detector, on: socket, pinger: pinger)
  }

  var detector: Method { run.detector }
  var socket: ScriptedSocket { run.socket }
  var state: Method.State { run.state }
  var now: Int { Int((run.clock.now - run.start).milliseconds.rounded()) }

  /// Gives a signal at the present.
  @discardableResult
  func give(_ event: Signal.Event) -> Evidence? { run.give(event) }

  /// Gives a signal at a later moment.
  @discardableResult
  func give(_ event: Signal.Event, at milliseconds: Int) -> Evidence? {
    run.clock.advance(to: run.start + .milliseconds(milliseconds))
    return run.give(event)
  }

  /// The next deadline, in milliseconds; `nil` for never.
  var deadline: Double? { run.deadline.map { ($0 - run.start).milliseconds } }

  /// Runs every deadline until `end`; the world is made up by `world` before each. Returns what was said, and
  /// when.
  func run(until end: Int, _ world: (Int) -> Void = { _ in }) -> [(time: Int, evidence: Evidence)] {
    var said: [(time: Int, evidence: Evidence)] = []
    while let next = deadline, Int(next.rounded(.up)) <= end {
      let time = max(now, Int(next.rounded(.up)))
      world(time)
      if let evidence = give(.deadline, at: time) { said.append((time, evidence)) }
      // A deadline must move on, or the monitor would spin.
      guard let after = deadline, after > next else { break }
    }
    return said
  }

  func detach() { run.detach() }
}

extension ScriptedSocket {
  /// What the kernel has ended of a connection that reads like this.
  func ending(_ info: TCPInfo, before: BeforeEnding? = nil) -> Evidence? {
    BorrowedSocket(Self.descriptor, access: self).ending(info, before: before, at: .at(0))
  }
}
