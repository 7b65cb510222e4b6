public import FlatlineCore

/// One detector on one scripted socket, under a clock that the test moves: as a monitor would run it, without a
/// monitor.
///
///     let run = try DetectorRun(MyDetector(), on: ScriptedSocket())
///     let said = run.play(.silentIdle(from: .seconds(1)), for: .seconds(10))
///     #expect(said.last?.leaning == .dead)
///
/// For one thread.
public final class DetectorRun<Method: Detector> {
  /// What is tried.
  public let detector: Method
  /// What it is tried on.
  public let socket: ScriptedSocket
  /// What time it is.
  public let clock: VirtualClock
  /// What the detector remembers.
  public var state: Method.State
  /// When it was attached.
  public let start: MonotonicTime
  private let descriptor: CInt
  private let pinger: (any Pinger)?
  /// The next beat, for a detector with a period.
  private var beat: MonotonicTime

  /// A run longer than this comes to an end: no test needs it.
  private static var mostSteps: Int { 200_000 }

  /// Attaches the detector.
  ///
  /// - Parameters:
  ///   - detector: what is tried.
  ///   - socket: what it looks at.
  ///   - descriptor: the number that it sees; unless given, one that no process has.
  ///   - pinger: a way to ping, for a heartbeat.
  ///   - clock: what tells it the time.
  /// - Throws: the error with which it refuses to attach.
  public init(
    _ detector: Method, on socket: ScriptedSocket = ScriptedSocket(),
    descriptor: CInt = ScriptedSocket.descriptor, pinger: (any Pinger)? = nil,
    clock: VirtualClock = VirtualClock()
  ) throws(Errno) {
    self.detector = detector
    self.socket = socket
    self.descriptor = descriptor
    self.pinger = pinger
    self.clock = clock
    start = clock.now
    beat = detector.interest.period.map { clock.now + max($0, .milliseconds(1)) } ?? .never
    state = try detector.attach(
      BorrowedSocket(descriptor, access: socket, pinger: pinger), now: clock.now)
  }

  /// Whether the detector can ever have an opinion on such a socket.
  ///
  /// - Parameters:
  ///   - detector: what is asked.
  ///   - socket: what it looks at.
  ///   - pinger: a way to ping, for a heartbeat.
  /// - Returns: what the detector says.
  public static func applies(
    _ detector: Method, to socket: ScriptedSocket = ScriptedSocket(), pinger: (any Pinger)? = nil
  ) -> Bool {
    detector.applies(to: BorrowedSocket(ScriptedSocket.descriptor, access: socket, pinger: pinger))
  }

  /// Gives a signal now.
  @discardableResult
  public func give(_ event: Signal.Event) -> Evidence? {
    if case .clockStall(let stall) = event, beat != .never { beat = beat + stall }
    if event == .deadline, let period = detector.interest.period {
      beat = clock.now + max(period, .milliseconds(1))
    }
    return detector.observe(
      Signal(event, now: clock.now), on: BorrowedSocket(descriptor, access: socket, pinger: pinger),
      state: &state)
  }

  /// When the detector wants to be woken next; `nil` for never.
  public var deadline: MonotonicTime? {
    let deadline = beat == .never ? detector.deadline(state) ?? .never : beat
    return deadline == .never ? nil : deadline
  }

  /// Ends the watch.
  public func detach() {
    detector.detach(BorrowedSocket(descriptor, access: socket, pinger: pinger), state: state)
  }

  /// Ends the watch of a socket that is gone: in place of ``detach()``.
  public func discard() {
    detector.discard(state)
  }

  /// Lets a world happen: its signals, and every deadline of the detector.
  ///
  /// - Parameters:
  ///   - world: what happens. Its moments count from the attachment.
  ///   - duration: how long, from now on.
  /// - Returns: what the detector said, in order.
  @discardableResult
  public func play(_ world: ScriptedWorld, for duration: Duration) -> [Evidence] {
    play(world, for: duration) { give($0) }
  }

  /// Lets a world happen, for a test that looks at each step.
  ///
  /// - Parameters:
  ///   - world: what happens. Its moments count from the attachment.
  ///   - duration: how long, from now on.
  ///   - step: called with each signal in place of ``give(_:)``.
  /// - Returns: what the steps returned, in order.
  @discardableResult
  public func play(
    _ world: ScriptedWorld, for duration: Duration, step: (Signal.Event) -> Evidence?
  ) -> [Evidence] {
    let end = clock.now + duration
    var signals = world.signals.filter { start + $0.time >= clock.now }[...]
    var said: [Evidence] = []
    for _ in 0..<Self.mostSteps {
      let due = deadline ?? .never
      let planned = signals.first.map { start + $0.time } ?? .never
      let next = min(due, planned)
      guard next <= end else { break }
      clock.advance(to: next)
      socket.info = world.info(clock.now - start)
      var event = Signal.Event.deadline
      if planned <= due, let first = signals.popFirst() { event = first.event }
      if let evidence = step(event) { said.append(evidence) }
      // A deadline that does not move on would have a monitor spin; a conformance rule tells it.
      guard event != .deadline || deadline ?? .never > due else { break }
    }
    clock.advance(to: end)
    return said
  }
}
