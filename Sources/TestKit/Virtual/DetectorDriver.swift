import FlatlineCore

/// Does a monitor's work for one detector on one connection, without a monitor: readings, the connection's end, the
/// time of the next look, held options and actions. The caller gives the time and the socket.
final class DetectorDriver<Method: Detector> {
  let detector: Method
  let needs: Needs
  let access: any SocketAccess
  var state: Method.State
  private let descriptor: CInt
  private let pinger: (any Pinger)?
  /// The time of the next look.
  private(set) var next: MonotonicTime
  /// The opinion of the last look.
  private(set) var opinion = Opinion.unchanged
  /// Whether the kernel has ended the connection and the detector has reported it: a monitor gives no more looks.
  private(set) var isOver = false
  /// Options that the detector wanted to set without declaring them.
  private(set) var undeclared: [SocketOption] = []
  /// Whether the detector endlessly asked for pings that were not sent.
  private(set) var pingsWithoutEnd = false
  /// How often the detector asked for a look that is not in the future.
  private var staleWishes = 0
  private var baseline: EndBaseline?
  private var end: ConnectionEnd?
  private let registry = OptionRegistry()
  private var holding: Holding?

  /// After more wishes for a look that is not in the future than this, each is put off: a run would not come to its end.
  private static var mostStaleWishes: Int { 100 }

  /// More unsent pings than this, one right after the other, count as endless.
  private static var mostPings: Int { 8 }

  init(
    _ detector: Method, on access: any SocketAccess, descriptor: CInt, pinger: (any Pinger)?,
    now: MonotonicTime
  ) throws(DetectorRunError) {
    self.detector = detector
    self.access = access
    self.descriptor = descriptor
    self.pinger = pinger
    needs = detector.needs
    let options = needs.options.map(\.option)
    var values: [SocketOption: CInt] = [:]
    for option in options where descriptor >= 0 && values[option] == nil {
      values[option] = try? access.option(option, of: descriptor)
    }
    let info = try? access.tcpInfo(descriptor)
    baseline = info.map { EndBaseline($0, at: now) }
    let look = Look(
      now: now, tcpInfo: info, options: values, descriptor: descriptor, canPing: pinger != nil)
    guard !needs.requiresDescriptor || look.hasDescriptor, !needs.pinger || look.canPing,
      let state = detector.begin(look)
    else { throw .abstains }
    self.state = state
    next = (needs.firstLook ?? needs.atLeastEvery).map { now + max($0, .zero) } ?? .never
    guard !options.isEmpty else { return }
    do throws(Errno) {
      holding = try registry.hold(needs.options, on: socket, values: values)
    } catch {
      throw .optionRefused(error)
    }
  }

  private var socket: HeldSocket { HeldSocket(descriptor: descriptor, cookie: 1, access: access) }

  // MARK: Looks

  /// A look now, with the readings that the detector needs.
  func makeLook(_ reasons: LookReasons, now: MonotonicTime) -> Look {
    var look = Look(now: now, descriptor: descriptor, canPing: pinger != nil)
    look.stall = reasons.stall
    guard reasons.stall == .zero else { return look }
    look.readiness = reasons.readiness
    look.hasSoftError =
      reasons.readiness.contains(.error) && !reasons.readiness.contains(.hangUp)
      && SoftErrors(on: descriptor, by: access).isPending { true }
    look.isDue = reasons.isDue
    look.received = reasons.received
    look.isChallenged = reasons.isChallenged
    look.isPaused = reasons.isPaused
    look.slept = reasons.slept
    look.setNews(reasons.anyNews)
    look.pingOutcome = reasons.pingOutcome
    look.changedOptions = reasons.changedOptions
    look.changedOptions += findChangedOptions().filter { !reasons.changedOptions.contains($0) }
    if needs.readings.contains(.tcpInfo) { readTCPInfo(&look) }
    if needs.readings.contains(.unreadBytes) { look.unread = try? access.unreadBytes(descriptor) }
    return look
  }

  private func readTCPInfo(_ look: inout Look) {
    guard let info = try? access.tcpInfo(descriptor) else { return }
    look.tcpInfo = info
    // A full end is computed once. A half-close may become a full end.
    if end?.isHalfClose != false || !info.state.isOver {
      end = ConnectionEnd(
        info, hasError: look.readiness.isEmpty ? nil : look.readiness.contains(.error), baseline: baseline,
        of: descriptor, by: access, at: look.now)
    }
    look.end = end
    if baseline == nil { baseline = EndBaseline(info, at: look.now) }
    baseline?.update(info, at: look.now)
  }

  /// Gives the detector a look, keeps the time of its next look and executes its actions.
  ///
  /// - Returns: the evidence of the look, or of the looks at unsent pings.
  func examine(_ look: borrowing Look) -> Evidence? {
    opinion = take(look)
    var evidence = opinion.evidence
    var outcome = perform(opinion.actions)
    for _ in 0..<Self.mostPings {
      guard let unsent = outcome else { return evidence }
      let answer = take(makeLook(.pingOutcome(unsent), now: look.now))
      evidence = answer.evidence ?? evidence
      outcome = perform(answer.actions)
    }
    if outcome != nil { pingsWithoutEnd = true }
    return evidence
  }

  private func take(_ look: borrowing Look) -> Opinion {
    let opinion = detector.examine(look, &state)
    if let wanted = opinion.next {
      if wanted <= look.now { staleWishes += 1 }
      next = max(
        wanted, look.now + (staleWishes > Self.mostStaleWishes ? .milliseconds(100) : .milliseconds(1)))
    } else if look.isDue {
      next = needs.atLeastEvery.map { look.now + $0 } ?? .never
    } else if look.stall > .zero {
      next = next + look.stall
    }
    if opinion.evidence?.leaning == .dead, look.end?.isHalfClose == false { isOver = true }
    return opinion
  }

  // MARK: Options and actions

  /// - Returns: the outcome of an unsent ping.
  private func perform(_ actions: [Action]) -> PingOutcome? {
    var unsent: PingOutcome?
    for action in actions {
      switch action {
      case .ping:
        if let outcome = pinger?.sendPing(), outcome != .sent { unsent = outcome }
      case .set(let option, let value):
        if !needs.options.contains(where: { $0.option == option }) { undeclared.append(option) }
        guard let holding, let changed = registry.set(option, to: value, by: holding, on: socket) else {
          continue
        }
        self.holding = changed
      case .hold(let option):
        guard let want = declared(option) else { continue }
        holding = registry.hold(want, by: holding, on: socket)
      case .release(let option):
        guard let want = declared(option), let holding else { continue }
        self.holding = registry.release(want, by: holding, on: socket)
      }
    }
    return unsent
  }

  /// The declaration of an option that an action names; notes one without.
  private func declared(_ option: SocketOption) -> HeldOption? {
    let want = needs.options.first { $0.option == option }
    if want == nil { undeclared.append(option) }
    return want
  }

  /// Held options that another part of the program has set. They are no longer held.
  private func findChangedOptions() -> [SocketOption] {
    guard let holding else { return [] }
    let socket = socket
    let changed = holding.values.map(\.option).filter { registry.giveUp($0, of: holding, on: socket) != nil }
    self.holding?.values.removeAll { changed.contains($0.option) }
    return changed
  }

  /// The watch ends: restores the options that still have the detector's value.
  func finish() {
    guard let holding else { return }
    registry.release(holding, on: socket)
    self.holding = nil
  }
}

extension Needs {
  /// The period, with a monitor's lower bound.
  fileprivate var atLeastEvery: Duration? { period.map { max($0, .milliseconds(1)) } }
}
