import FlatlineCore
import FlatlineTestKit

/// One detector on one scripted socket, with times in whole milliseconds after the beginning of the watch.
final class VirtualRun<Method: Detector> {
  private let run: DetectorRun<Method>

  init(_ detector: Method, on socket: ScriptedSocket = ScriptedSocket(), pinger: (any Pinger)? = nil) throws {
    run = try DetectorRun(detector, on: socket, pinger: pinger)
  }

  var detector: Method { run.detector }
  var socket: ScriptedSocket { run.socket }
  var state: Method.State { run.state }
  /// The opinion of the last look, with its actions.
  var opinion: Opinion { run.opinion }
  var now: Int { Int((run.clock.now - run.start).milliseconds.rounded()) }

  /// Has the detector look at the present.
  @discardableResult
  func give(_ reasons: LookReasons) -> Evidence? { run.give(reasons) }

  /// Has the detector look at a later moment.
  @discardableResult
  func give(_ reasons: LookReasons, at milliseconds: Int) -> Evidence? {
    run.clock.advance(to: run.start + .milliseconds(milliseconds))
    return run.give(reasons)
  }

  /// When the detector wants to be looked at next, in milliseconds; `nil` for never.
  var next: Double? { run.next.map { ($0 - run.start).milliseconds } }

  /// Gives every look that the detector wants until `end`; the world is made up by `world` before each. Returns what was
  /// said, and when.
  func run(until end: Int, _ world: (Int) -> Void = { _ in }) -> [(time: Int, evidence: Evidence)] {
    var said: [(time: Int, evidence: Evidence)] = []
    while let next, Int(next.rounded(.up)) <= end {
      let time = max(now, Int(next.rounded(.up)))
      world(time)
      if let evidence = give(.due, at: time) { said.append((time, evidence)) }
    }
    return said
  }

  /// Ends the watch.
  func end() { run.end() }
}

extension ScriptedSocket {
  /// The end that a reading of this socket shows.
  func end(
    _ info: TCPInfo, hasError: Bool? = nil, baseline: EndBaseline? = nil, at time: MonotonicTime = .at(0)
  ) -> ConnectionEnd? {
    ConnectionEnd(info, hasError: hasError, baseline: baseline, of: Self.descriptor, by: self, at: time)
  }
}
