public import FlatlineCore

/// Detection of our own side's faults by rtnetlink (rtnetlink(7)): the interface that the connection uses lost
/// its carrier or was taken down, our address was removed, or no route leads to the peer any more.
///
/// TCP hears of none of these: it retransmits, or cannot even do that, for a quarter of an hour. The kernel tells
/// whoever listens within a millisecond. Suspicion is immediate; a death is said when the fault has stood for
/// `grace`, since cables and addresses come back and a connection survives that. What comes back in time is
/// withdrawn.
///
/// One netlink socket serves all connections of a monitor. Where the process may not have one (a sandbox without
/// AF_NETLINK), the detector abstains; so it does on sockets of another network namespace than that socket's, which
/// the monitor can be given (`Monitor.init`).
///
/// It says nothing good either: a link that works is no sign of a peer that lives.
///
/// Its limits: of a multipath route the kernel names one way, which may not be the one a connection takes; and
/// the kernel tells of a lost carrier up to a second late if another interface, of any network namespace of the
/// machine, changed within the last second (net/core/link_watch.c). Changes that this namespace sees are
/// followed by a second of polling, which finds the truth within milliseconds; and when another detector suspects a
/// connection, its link is asked at once.
public struct LinkDetector: Detector {
  public static let name: DetectorName = "link"

  /// The value of each setting that is not given.
  public enum Defaults {
    /// Of ``LinkDetector/grace``.
    public static let grace = Duration.seconds(2)
  }

  /// How long a fault stands before it is a death.
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

  public var needs: Needs { Needs(readings: []) }

  public func begin(_ look: borrowing Look) -> LinkState? { LinkState() }

  public func examine(_ look: borrowing Look, _ state: inout LinkState) -> Opinion {
    let now = look.now
    // While the monitor slept, the fault may have come and gone: the grace begins where it stood.
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

  /// When a fault that stands becomes a death.
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
