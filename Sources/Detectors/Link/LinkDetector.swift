public import FlatlineCore

/// Detection of our own side's faults by rtnetlink (rtnetlink(7)): the interface that the connection uses lost
/// its carrier or was taken down, our address was removed, or no route leads to the peer any more.
///
/// TCP learns of none of these: it retransmits, or cannot even do that, for a quarter of an hour. The kernel notifies
/// rtnetlink listeners within a millisecond. Suspicion is immediate. A fault that lasts for `grace` is a death: cables
/// and addresses come back, and a connection survives that. The suspicion is withdrawn if the fault ends in time.
///
/// One netlink socket serves all connections of a monitor; the monitor can be given one (`Monitor.init`). The detector
/// abstains where the process may not have such a socket (a sandbox without AF_NETLINK). It also abstains on sockets of
/// another network namespace than the netlink socket's.
///
/// It never votes for alive: a working link does not show that the peer lives.
///
/// Its limits:
/// - Of a multipath route the kernel names one way; the connection may take another.
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

  public var needs: Needs { Needs(readings: [], looksInPauses: true) }

  public func begin(_ look: borrowing Look) -> LinkState? { LinkState() }

  public func examine(_ look: borrowing Look, _ state: inout LinkState) -> Opinion {
    let now = look.now
    // The fault may have come and gone during the stall: the stall does not count towards the grace.
    state.postpone(by: look.stall)
    var isChanged = false
    if let news = look.news {
      guard let trouble = LinkTrouble(code: news) else {
        let withdrawal: Evidence? = state.trouble == nil ? nil : .withdrawn(at: now)
        state = LinkState()
        return Opinion(withdrawal, next: .never)
      }
      isChanged = state.take(trouble, at: now)
    }
    guard let trouble = state.trouble, look.stall == .zero else { return Opinion(next: end(state)) }
    if now >= state.begin + grace, !state.isDeathReported {
      state.isDeathReported = true
      isChanged = true
    }
    return Opinion(isChanged ? evidence(trouble, state, now) : nil, next: end(state))
  }

  /// Time at which a lasting fault becomes a death.
  private func end(_ state: LinkState) -> MonotonicTime {
    state.isDeathReported || state.trouble == nil ? .never : state.begin + grace
  }

  private func evidence(_ trouble: LinkTrouble, _ state: LinkState, _ now: MonotonicTime) -> Evidence {
    Evidence(
      state.isDeathReported ? .dead : .suspicious, layer: .link, cause: trouble.cause, at: now,
      notes: trouble.facts + [.duration("since", now - state.begin)])
  }
}

extension DetectorUse {
  /// The link detector in a policy; see ``LinkDetector``.
  public static func link(grace: Duration = LinkDetector.Defaults.grace) -> DetectorUse {
    DetectorUse(LinkDetector.name, ["grace": .duration(grace)])
  }
}
