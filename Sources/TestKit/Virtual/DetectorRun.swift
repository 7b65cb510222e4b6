public import FlatlineCore

/// One detector on one scripted socket, under a clock that the test moves. It runs as on a monitor, without a monitor.
///
///     let run = try DetectorRun(MyDetector(), on: ScriptedSocket())
///     let said = run.play(.silentIdle(from: .seconds(1)), for: .seconds(10))
///     #expect(said.last?.leaning == .dead)
///
/// The run holds the detector's declared options on the scripted socket and executes its actions. For one thread.
public final class DetectorRun<Method: Detector> {
  /// The socket of the trial.
  public let socket: ScriptedSocket
  /// The clock of the trial.
  public let clock: VirtualClock
  /// The time of the watch's beginning.
  public let start: MonotonicTime
  private let driver: DetectorDriver<Method>

  /// The limit of a run's steps: no test needs more.
  private static var mostSteps: Int { 200_000 }

  /// Begins the watch.
  ///
  /// - Parameters:
  ///   - detector: the detector on trial.
  ///   - socket: its socket.
  ///   - descriptor: the number that it gets; unless given, one that no process has. Negative for a connection without
  ///     one.
  ///   - pinger: a way to ping, for a heartbeat.
  ///   - clock: the source of time.
  /// - Throws: ``DetectorRunError`` if the detector cannot run here.
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
  ///   - socket: its socket.
  ///   - descriptor: the number that it gets; unless given, one that no process has. Negative for a connection without
  ///     one.
  ///   - pinger: a way to ping, for a heartbeat.
  ///   - clock: the source of time.
  /// - Throws: `PolicyError` if the detector refuses its settings; ``DetectorRunError`` if the detector cannot run
  ///   here.
  public convenience init(
    _ type: Method.Type, settings: [String: SettingValue] = [:], on socket: ScriptedSocket = ScriptedSocket(),
    descriptor: CInt = ScriptedSocket.descriptor, pinger: (any Pinger)? = nil,
    clock: VirtualClock = VirtualClock()
  ) throws {
    let settings = try DetectorSettings(settings, for: type.name, described: type.settings)
    try self.init(
      type.init(settings: settings), on: socket, descriptor: descriptor, pinger: pinger, clock: clock)
  }

  /// The detector on trial.
  public var detector: Method { driver.detector }

  /// The detector's state.
  public var state: Method.State {
    get { driver.state }
    set { driver.state = newValue }
  }

  /// The time of the next look that the detector wants; `nil` for never.
  public var next: MonotonicTime? { driver.next == .never ? nil : driver.next }

  /// The detector's opinion of the last look.
  public var opinion: Opinion { driver.opinion }

  /// Whether the kernel has ended the connection and the detector has reported it. Then a monitor gives no more looks,
  /// and neither does ``play(_:for:)``.
  public var isOver: Bool { driver.isOver }

  /// Options that the detector wanted to set without declaring them, in order. They were not set.
  public var undeclaredOptions: [SocketOption] { driver.undeclared }

  /// Whether the detector endlessly answers an unsent ping with another ping.
  var pingsWithoutEnd: Bool { driver.pingsWithoutEnd }

  /// A look now, with the readings that the detector needs. A changed option appears in one look only: give this look
  /// to ``examine(_:)``.
  ///
  /// - Parameter reasons: the reasons of the look.
  /// - Returns: the look.
  public func look(_ reasons: LookReasons) -> Look { driver.makeLook(reasons, now: clock.now) }

  /// Gives the detector a look, and handles the opinion as a monitor does.
  ///
  /// - Parameter look: a look of this moment.
  /// - Returns: its evidence; after an unsent ping, its evidence on that.
  @discardableResult
  public func examine(_ look: borrowing Look) -> Evidence? { driver.examine(look) }

  /// Gives the detector a look now.
  ///
  /// - Parameter reasons: the reasons of the look.
  /// - Returns: its evidence; after an unsent ping, its evidence on that.
  @discardableResult
  public func give(_ reasons: LookReasons) -> Evidence? { examine(look(reasons)) }

  /// Ends the watch: restores the options that were held.
  public func end() { driver.finish() }

  /// Runs a world: its events, and every look that the detector wants.
  ///
  /// - Parameters:
  ///   - world: the world. Its moments count from the beginning of the watch.
  ///   - duration: the length of the run, from now on.
  /// - Returns: the detector's evidence, in order.
  @discardableResult
  public func play(_ world: ScriptedWorld, for duration: Duration) -> [Evidence] {
    play(world, for: duration) { give($0) }
  }

  /// Runs a world, for a test that handles each step.
  ///
  /// - Parameters:
  ///   - world: the world. Its moments count from the beginning of the watch.
  ///   - duration: the length of the run, from now on.
  ///   - step: called for each look instead of ``give(_:)``.
  /// - Returns: the results of the steps, in order.
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

/// The reason why a detector cannot run on a connection.
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
