public import FlatlineCore

/// One detector on one scripted socket, under a clock that the test moves: as a monitor would run it, without a
/// monitor.
///
///     let run = try DetectorRun(MyDetector(), on: ScriptedSocket())
///     let said = run.play(.silentIdle(from: .seconds(1)), for: .seconds(10))
///     #expect(said.last?.leaning == .dead)
///
/// It holds the options that the detector declares, on the scripted socket, and carries its actions out. For one thread.
public final class DetectorRun<Method: Detector> {
  /// What it is tried on.
  public let socket: ScriptedSocket
  /// What time it is.
  public let clock: VirtualClock
  /// When the watch began.
  public let start: MonotonicTime
  private let driver: DetectorDriver<Method>

  /// A run longer than this comes to an end: no test needs it.
  private static var mostSteps: Int { 200_000 }

  /// Begins the watch.
  ///
  /// - Parameters:
  ///   - detector: what is tried.
  ///   - socket: what it looks at.
  ///   - descriptor: the number that it sees; unless given, one that no process has. Negative for a connection without one.
  ///   - pinger: a way to ping, for a heartbeat.
  ///   - clock: where the time comes from.
  /// - Throws: ``DetectorRunError`` if there is nothing to run.
  public init(
    _ detector: Method, on socket: ScriptedSocket = ScriptedSocket(),
    descriptor: CInt = ScriptedSocket.descriptor, pinger: (any Pinger)? = nil,
    clock: VirtualClock = VirtualClock()
  ) throws(DetectorRunError) {
    self.socket = socket
    self.clock = clock
    start = clock.now
    driver = try DetectorDriver(
      detector, on: socket, descriptor: descriptor, pinger: pinger, now: clock.now)
  }

  /// Begins the watch with a detector of these settings.
  ///
  /// - Parameters:
  ///   - type: the detector.
  ///   - settings: settings as a policy would give them; others have their defaults.
  ///   - socket: what it looks at.
  ///   - descriptor: the number that it sees; unless given, one that no process has. Negative for a connection without one.
  ///   - pinger: a way to ping, for a heartbeat.
  ///   - clock: where the time comes from.
  /// - Throws: `PolicyError` if the detector refuses its settings; ``DetectorRunError`` if there is nothing to run.
  public convenience init(
    _ type: Method.Type, settings: [String: SettingValue] = [:], on socket: ScriptedSocket = ScriptedSocket(),
    descriptor: CInt = ScriptedSocket.descriptor, pinger: (any Pinger)? = nil,
    clock: VirtualClock = VirtualClock()
  ) throws {
    let settings = try DetectorSettings(settings, for: type.name, described: type.settings)
    try self.init(
      type.init(settings: settings), on: socket, descriptor: descriptor, pinger: pinger, clock: clock)
  }

  /// What is tried.
  public var detector: Method { driver.detector }

  /// What the detector remembers.
  public var state: Method.State {
    get { driver.state }
    set { driver.state = newValue }
  }

  /// When the detector wants to be looked at next; `nil` for never.
  public var next: MonotonicTime? { driver.next == .never ? nil : driver.next }

  /// What the detector made of the last look that was given.
  public var opinion: Opinion { driver.opinion }

  /// Whether the kernel has ended the connection and the detector has said so. A monitor looks no more then, and neither does
  /// ``play(_:for:)``.
  public var isOver: Bool { driver.isOver }

  /// Options that the detector wanted to set and does not declare, in order. They were not set.
  public var undeclaredOptions: [SocketOption] { driver.undeclared }

  /// Whether the detector answers a ping that was not sent with a ping, without end.
  var pingsWithoutEnd: Bool { driver.pingsWithoutEnd }

  /// A look now, with the readings that the detector needs. A changed option is named in one look only: give it to
  /// ``examine(_:)``.
  ///
  /// - Parameter reasons: what it comes for.
  /// - Returns: the look.
  public func look(_ reasons: LookReasons) -> Look { driver.makeLook(reasons, now: clock.now) }

  /// Gives the detector a look, and does what a monitor does with the opinion.
  ///
  /// - Parameter look: of this moment.
  /// - Returns: what it says; after a ping that was not sent, what it says of that.
  @discardableResult
  public func examine(_ look: borrowing Look) -> Evidence? { driver.examine(look) }

  /// Has the detector look now.
  ///
  /// - Parameter reasons: what the look comes for.
  /// - Returns: what it says; after a ping that was not sent, what it says of that.
  @discardableResult
  public func give(_ reasons: LookReasons) -> Evidence? { examine(look(reasons)) }

  /// Ends the watch: restores the options that were held.
  public func end() { driver.finish() }

  /// Lets a world happen: its events, and every look that the detector wants.
  ///
  /// - Parameters:
  ///   - world: what happens. Its moments count from the beginning of the watch.
  ///   - duration: how long, from now on.
  /// - Returns: what the detector said, in order.
  @discardableResult
  public func play(_ world: ScriptedWorld, for duration: Duration) -> [Evidence] {
    play(world, for: duration) { give($0) }
  }

  /// Lets a world happen, for a test that sees each step.
  ///
  /// - Parameters:
  ///   - world: what happens. Its moments count from the beginning of the watch.
  ///   - duration: how long, from now on.
  ///   - step: called for each look in place of ``give(_:)``.
  /// - Returns: what the steps returned, in order.
  @discardableResult
  public func play(
    _ world: ScriptedWorld, for duration: Duration, step: (LookReasons) -> Evidence?
  ) -> [Evidence] {
    let end = clock.now + duration
    var events = world.events.filter { start + $0.time >= clock.now }[...]
    var said: [Evidence] = []
    for _ in 0..<Self.mostSteps where !isOver {
      let due = driver.next
      let planned = events.first.map { start + $0.time } ?? .never
      let time = min(due, planned)
      guard time <= end else { break }
      clock.advance(to: time)
      socket.info = world.info(clock.now - start)
      var reasons = LookReasons()
      if planned <= due, let event = events.popFirst() { reasons = event.reasons }
      if due <= time, reasons.stall == .zero, !reasons.isChallenged { reasons.isDue = true }
      if reasons.wake(driver.needs), let evidence = step(reasons) { said.append(evidence) }
    }
    clock.advance(to: end)
    socket.info = world.info(clock.now - start)
    return said
  }
}

/// Why a detector cannot be run on a connection.
public enum DetectorRunError: Error, Hashable, Sendable {
  /// The detector never has an opinion on such a connection.
  case abstains
  /// The kernel refuses an option that the detector requires: `watch` would fail.
  case optionRefused(Errno)
}

extension DetectorRunError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .abstains: "it never has an opinion on such a connection"
    case .optionRefused(let error): "an option that it requires is refused: \(error)"
    }
  }
}
