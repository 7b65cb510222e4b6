public import FlatlineCore

/// Detection of our own side's faults by rtnetlink (rtnetlink(7)): the interface that the connection uses lost
/// its carrier or was taken down, our address was removed, no route leads to the peer any more, or another one does.
///
/// TCP learns of none of these: it retransmits, or cannot even do that, for a quarter of an hour. The kernel notifies
/// rtnetlink listeners within a millisecond. Suspicion is immediate. A fault that lasts for `grace` is a death: cables
/// and addresses come back, and a connection survives that. The suspicion is withdrawn if the fault ends in time.
///
/// Packets that take another way than when the watch began (another interface, or another gateway) keep the old source
/// address, which the new way may not carry: a VPN took the route, a rule was added. That is suspicious at once
/// (`Cause.routeChanged`) and no death of this detector's: silence convicts, and bears that cause. The
/// suspicion is withdrawn when the peer answers what was sent over the new way, or when the old way is back.
///
/// The kernel is asked with everything that decides a socket's route and can be read: addresses, protocol, SO_MARK,
/// SO_BINDTODEVICE, IP_TOS, the user. Ports are added where they decide: on a multipath route, or while a rule matches
/// ports.
///
/// One netlink socket serves all connections of a monitor; the monitor can be given one (`Monitor.init`). The detector
/// abstains where the process may not have such a socket (a sandbox without AF_NETLINK). It also abstains on sockets of
/// another network namespace than the netlink socket's.
///
/// It never votes for alive: a working link does not show that the peer lives.
///
/// Its limits:
/// - A mark that a packet filter sets (nft(8)) and a way that IPsec takes (ip-xfrm(8)) do not show.
/// - A sysctl that changes routes sends no message. The routes are asked for when any connection becomes suspect.
/// - The kernel reports a lost carrier up to a second late if another interface, of any network namespace of the
///   machine, changed within the last second (net/core/link_watch.c). After a change that this namespace sees, the
///   source polls for a second and finds the fault within milliseconds. When another detector suspects a connection,
///   its link is asked at once.
public struct LinkDetector: Detector {
  public static let name: DetectorName = "link"

  /// The value of each setting that is not given.
  public enum Defaults {
    /// Of ``LinkDetector/grace``.
    public static let grace = Duration.seconds(2)
  }

  /// How long a fault lasts before it is a death.
  public let grace: Duration

  /// From its settings, each described at its property.
  public init(grace: Duration = Defaults.grace) {
    self.grace = grace
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "grace", Defaults.grace, in: .zero ... .seconds(86_400),
      "How long a link, address or route may be gone before that is a death.")
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(grace: try settings.duration("grace"))
  }

  public func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    try LinkSource(surroundings.netlink)
  }

  public var needs: Needs { Needs(looksInPauses: true) }

  public func begin(_ look: borrowing Look) -> LinkState? { LinkState() }

  public func examine(_ look: borrowing Look, _ state: inout LinkState) -> Opinion {
    let now = look.now
    // The fault may have come and gone during the stall: the stall does not count towards the grace.
    state.postpone(by: look.stall)
    var isChanged = false
    if let news = look.news {
      guard let trouble = LinkTrouble(code: news) else {
        let withdrawal: Evidence? = state.isAccusing ? .withdrawn(at: now) : nil
        state = LinkState()
        return Opinion(withdrawal, next: .never)
      }
      isChanged = state.take(trouble, at: now)
      if !trouble.isAbsence { state.hearing = look.tcpInfo.map(WayHearing.init) ?? WayHearing() }
    }
    guard let trouble = state.trouble, look.stall == .zero else { return Opinion(next: next(state, now)) }
    guard trouble.isAbsence else { return examine(trouble, &state, look, isChanged: isChanged) }
    if now >= state.begin + grace, !state.isSettled {
      state.isSettled = true
      isChanged = true
    }
    return Opinion(isChanged ? evidence(trouble, state, now) : nil, next: next(state, now))
  }

  /// The opinion on a way that changed.
  private func examine(
    _ trouble: LinkTrouble, _ state: inout LinkState, _ look: borrowing Look, isChanged: Bool
  ) -> Opinion {
    let now = look.now
    if !state.isSettled, look.news == nil, let info = look.tcpInfo,
      state.hearing.hears(info, after: now - state.begin)
    {
      state.isSettled = true
      return Opinion(.withdrawn(at: now), next: .never)
    }
    return Opinion(isChanged ? evidence(trouble, state, now) : nil, next: next(state, now))
  }

  /// Time of the next look: when a lasting absence becomes a death, or when the peer may have been heard over a way that
  /// changed.
  private func next(_ state: LinkState, _ now: MonotonicTime) -> MonotonicTime {
    guard let trouble = state.trouble, !state.isSettled else { return .never }
    guard !trouble.isAbsence else { return state.begin + grace }
    let pause = (now - state.begin) / 4
    return now + min(max(pause, LinkDetector.shortestPause), LinkDetector.longestPause)
  }

  /// Between two looks at a connection with another way: a quarter of the time since the change, within these bounds.
  private static let shortestPause = Duration.milliseconds(20)
  private static let longestPause = Duration.seconds(1)

  private func evidence(_ trouble: LinkTrouble, _ state: LinkState, _ now: MonotonicTime) -> Evidence {
    Evidence(
      state.isSettled ? .dead : .suspicious, layer: .link, cause: trouble.cause, at: now,
      notes: trouble.facts + [.duration("since", now - state.begin)])
  }
}

extension DetectorUse {
  /// The link detector in a policy; see ``LinkDetector``.
  public static func link(grace: Duration = LinkDetector.Defaults.grace) -> DetectorUse {
    DetectorUse(LinkDetector.name, ["grace": .duration(grace)])
  }
}
