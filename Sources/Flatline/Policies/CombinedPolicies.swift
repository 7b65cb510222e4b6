/// The policies for a kind of network. Each tells a silent path and a hung program apart: a path that is silent for a while
/// is gone, a program may pause (`hungAfter`). Their bounds hold for a path of 0.1 ms round trip, plus ten round trips on
/// longer ones. All of them report at once FIN, RST and what the kernel itself ends.
/// Tests/NetworkTests/PromiseTests.swift measures each bound.
extension Policy {
  /// A little longer than the distance between keepalive's looks (a probe a second, which the kernel's timers stretch
  /// to 1.04 s), so that those looks serve tcp-info too. A look of its own would come just before a probe, and
  /// keepalive would have to look again after it.
  private static let quietPeriod = Duration.milliseconds(1200)

  /// Readiness accuses, and TCP_INFO confirms in the same turn: the app's own `shutdown(SHUT_RD)` raises EPOLLRDHUP on a
  /// healthy connection, and a pending error alone ends nothing.
  private static let readiness = Rule.confirm("epoll", by: "tcp-info", within: .milliseconds(50))

  /// The default: epoll's fast path confirmed by TCP_INFO, the heartbeat as the fallback, keepalive where there
  /// is no heartbeat.
  ///
  /// Silent drop: in flight suspect in 0.4 s, dead in 3.5 s; idle dead in 4 s, with a heartbeat 3 s. A hung program: dead
  /// in 8 s. Survives 10% loss both ways, stalls of 1 s, and pauses of the peer's program of 5 s.
  public static let fastPath = Policy(
    "fast-path",
    summary:
      "The default: epoll's fast path confirmed by TCP_INFO, heartbeat or keepalive when nothing moves.",
    conclusive: .votes
  ) {
    DetectorUse.epoll()
    DetectorUse.tcpInfo(
      suspectAfter: .milliseconds(220), deadAfter: .milliseconds(3200), attempts: 4,
      idlePeriod: quietPeriod, thinLinear: true, retransmitCap: .seconds(1))
    DetectorUse.keepalive(idle: .seconds(1), burst: .milliseconds(2650))
    DetectorUse.heartbeat(interval: .milliseconds(475), misses: 6, hungAfter: .seconds(7))
    DetectorUse.progress(memory: .seconds(2))
    DetectorUse.link(grace: .seconds(2))
  } suspect: {
    readiness
    "tcp-info"
    "keepalive"
    "heartbeat"
    "link"
  } dead: {
    "link"
    Rule.fallback(
      .any {
        readiness
        "tcp-info"
      },
      to: .fallback(.unless("heartbeat", alive: "progress"), to: "keepalive"))
  }

  /// Needs nothing of the app: only the kernel's own evidence, and its keepalive. Blind to a hung program.
  ///
  /// Bounds as `fast-path` without a heartbeat.
  public static let kernelOnly = Policy(
    "kernel-only",
    summary: "Needs nothing of the app: readiness, TCP_INFO and keepalive. Blind to a hung program."
  ) {
    DetectorUse.epoll()
    DetectorUse.tcpInfo(
      suspectAfter: .milliseconds(220), deadAfter: .milliseconds(3200), attempts: 4,
      idlePeriod: quietPeriod, thinLinear: true, retransmitCap: .seconds(1))
    DetectorUse.keepalive(idle: .seconds(1), burst: .milliseconds(2650))
    DetectorUse.link(grace: .seconds(2))
  } suspect: {
    readiness
    "tcp-info"
    "keepalive"
    "link"
  } dead: {
    readiness
    "tcp-info"
    "keepalive"
    "link"
  }

  /// For a data centre: fast, on a network that loses little.
  ///
  /// Silent drop: in flight suspect in 250 ms, dead in 1.2 s; idle dead in 2.5 s, with a heartbeat 1 s. A hung
  /// program: dead in 1 s. Survives 1% loss, a stall of 300 ms every 5 s, and pauses of the peer's program of 0.5 s.
  public static let lan = Policy.network(
    "lan", "For a data centre: tells a silent peer in about a second; survives stalls of 300 ms.",
    tcpInfo: .tcpInfo(
      suspectAfter: .milliseconds(100), deadAfter: .milliseconds(1000), attempts: 2,
      activePeriod: .milliseconds(40), thinLinear: true, retransmitCap: .seconds(1)),
    keepalive: .keepalive(idle: .seconds(1), burst: .milliseconds(1200)),
    heartbeat: .heartbeat(interval: .milliseconds(150), misses: 6, hungAfter: .milliseconds(900)),
    progress: .progress(memory: .milliseconds(600), period: .milliseconds(200)),
    link: .link(grace: .milliseconds(800)))

  /// For the public internet.
  ///
  /// Silent drop: in flight suspect in 1 s, dead in 8 s; idle dead in 9 s, with a heartbeat 7 s. A hung program:
  /// dead in 15 s. Survives 10% loss both ways, stalls of 3 s, and pauses of the peer's program of 10 s.
  public static let wan = Policy.network(
    "wan", "For the public internet: survives a tenth of the packets lost and stalls of 3 s.",
    tcpInfo: .tcpInfo(
      suspectAfter: .milliseconds(700), deadAfter: .milliseconds(7600), attempts: 5,
      idlePeriod: .milliseconds(1200), activePeriod: .milliseconds(100), thinLinear: true,
      retransmitCap: .seconds(1)),
    keepalive: .keepalive(idle: .seconds(2), interval: .seconds(2), burst: .milliseconds(6500)),
    heartbeat: .heartbeat(interval: .milliseconds(1100), misses: 6, hungAfter: .seconds(13.5)),
    progress: .progress(memory: .seconds(4)), link: .link(grace: .seconds(5)))

  /// For phones and radio links.
  ///
  /// Silent drop: in flight suspect in 2 s, dead in 25 s; idle dead in 25 s, with a heartbeat 20 s. A hung
  /// program: dead in 30 s. Survives 30% loss one way, stalls of 10 s, and pauses of the peer's program of 20 s.
  public static let mobile = Policy.network(
    "mobile", "For phones and radio links: survives 30% loss one way and stalls of 10 s.",
    tcpInfo: .tcpInfo(
      suspectAfter: .milliseconds(1600), deadAfter: .milliseconds(24_300), attempts: 5,
      idlePeriod: .milliseconds(2500), activePeriod: .milliseconds(150), thinLinear: true,
      retransmitCap: .seconds(1)),
    keepalive: .keepalive(idle: .seconds(5), interval: .seconds(5), burst: .seconds(19)),
    heartbeat: .heartbeat(interval: .milliseconds(2400), misses: 8, hungAfter: .seconds(27)),
    progress: .progress(memory: .seconds(10)), link: .link(grace: .seconds(12)))

  /// For apps that would rather wait than be wrong.
  ///
  /// Silent drop: in flight suspect in 5 s, dead in 75 s; idle dead in 75 s, with a heartbeat 60 s. A hung
  /// program: dead in 75 s. Survives 30% loss both ways, stalls of 30 s, and pauses of the peer's program of 60 s.
  public static let patient = Policy.network(
    "patient", "For those who would rather wait than be wrong: survives stalls of 30 s.",
    tcpInfo: .tcpInfo(
      suspectAfter: .milliseconds(4300), deadAfter: .milliseconds(73_500), attempts: 6,
      idlePeriod: .seconds(5), activePeriod: .milliseconds(250), thinLinear: true, retransmitCap: .seconds(4)),
    keepalive: .keepalive(idle: .seconds(15), interval: .seconds(15), burst: .seconds(58)),
    heartbeat: .heartbeat(interval: .milliseconds(4900), misses: 12, hungAfter: .seconds(71)),
    progress: .progress(memory: .seconds(20)), link: .link(grace: .seconds(40)))

  /// The methods as most networks want them.
  /// - A connection that the kernel ends is dead.
  /// - Data that stays unacknowledged is a death.
  /// - Idle: the heartbeat decides unless bytes still move, and keepalive where there is no heartbeat.
  /// - A link, address or route of our own that does not come back is a death.
  ///
  /// With the link or the route gone each retransmission fails at once. After fifteen of them, `retransmitCap` apart,
  /// the kernel itself gives up (tcp_retries2, ip-sysctl): the link's grace ends before that.
  private static func network(
    _ name: String, _ summary: String, tcpInfo: DetectorUse, keepalive: DetectorUse, heartbeat: DetectorUse,
    progress: DetectorUse, link: DetectorUse
  ) -> Policy {
    Policy(name, summary: summary) {
      DetectorUse.epoll()
      tcpInfo
      keepalive
      heartbeat
      progress
      link
    } suspect: {
      readiness
      "tcp-info"
      "keepalive"
      "heartbeat"
      "link"
    } dead: {
      readiness
      "tcp-info"
      Rule.fallback(.unless("heartbeat", alive: "progress"), to: "keepalive")
      "link"
    }
  }
}
