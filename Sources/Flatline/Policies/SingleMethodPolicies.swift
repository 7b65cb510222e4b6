/// One method alone, to compare, or as the start of a policy of one's own.
extension Policy {
  /// Readiness alone: FIN, RST and the kernel's time-outs. Blind to silence, and to the difference between a peer's FIN
  /// and the app's own `shutdown(SHUT_RD)`.
  public static let epollOnly = Policy(
    "epoll", summary: "Readiness alone: FIN, RST and kernel time-outs at once; blind to silence."
  ) {
    DetectorUse.epoll(readable: true)
  } suspect: {
    "epoll"
  } dead: {
    "epoll"
  }

  /// TCP_INFO alone, sampled: a FIN or a RST is found at the next sample. Blind to silence while idle.
  public static let tcpInfoOnly = Policy(
    "tcp-info", summary: "getsockopt(TCP_INFO) alone: the state and data in flight; blind while idle."
  ) {
    DetectorUse.tcpInfo()
  } suspect: {
    "tcp-info"
  } dead: {
    "tcp-info"
  }

  /// Keepalive alone: an idle peer's kernel.
  public static let keepaliveOnly = Policy(
    "keepalive",
    summary: "TCP keepalive alone, accelerated: an idle peer's kernel; blind while data is in flight."
  ) {
    DetectorUse.keepalive()
  } suspect: {
    "keepalive"
  } dead: {
    "keepalive"
  }

  /// The heartbeat alone: the peer's program.
  public static let heartbeatOnly = Policy(
    "heartbeat", summary: "A heartbeat alone: the peer's program; needs a way to ping."
  ) {
    DetectorUse.heartbeat()
  } suspect: {
    "heartbeat"
  } dead: {
    "heartbeat"
  }

  /// TCP_USER_TIMEOUT alone: data unacknowledged for ten seconds. Blind while idle, and to a FIN.
  public static let userTimeoutOnly = Policy(
    "user-timeout",
    summary: "TCP_USER_TIMEOUT alone: the kernel ends what stays unacknowledged; blind while idle."
  ) {
    DetectorUse.userTimeout()
  } suspect: {
    "user-timeout"
  } dead: {
    "user-timeout"
  }

  /// ICMP errors: suspicion at most, and each makes the app's next call fail once. TCP_INFO convicts.
  public static let icmpOnly = Policy(
    "icmp",
    summary: "ICMP errors suspect, TCP_INFO convicts; each error makes the app's next call fail once."
  ) {
    DetectorUse.icmp()
    DetectorUse.tcpInfo()
  } suspect: {
    "icmp"
  } dead: {
    "tcp-info"
  }

  /// Progress suspects a closed window that stays, and never convicts: it is made for `unless`. Readiness convicts.
  public static let progressOnly = Policy(
    "progress",
    summary: "Progress suspects a window that stays closed, readiness convicts. Made for unless."
  ) {
    DetectorUse.epoll()
    DetectorUse.progress(always: true)
  } suspect: {
    "progress"
  } dead: {
    "epoll"
  }

  /// Our own link, address and route alone. Blind to everything beyond.
  public static let linkOnly = Policy(
    "link", summary: "Our own interface, address and route alone; blind to everything beyond them."
  ) {
    DetectorUse.link()
  } suspect: {
    "link"
  } dead: {
    "link"
  }

  /// As ``tcpInfoOnly``, from dumps of many sockets where those cost less. Blind to silence while idle.
  public static let socketDiagOnly = Policy(
    "socket-diag",
    summary: "TCP_INFO from dumps of many sockets, also of other processes; blind while idle."
  ) {
    DetectorUse.socketDiag()
  } suspect: {
    "socket-diag"
  } dead: {
    "socket-diag"
  }

  /// The peer's own rhythm alone: dead when it stops for twice the silence that is suspicious.
  public static let activityOnly = Policy(
    "activity",
    summary: "The peer's own rhythm alone: for peers that send by themselves; blind to those that do not."
  ) {
    DetectorUse.activity(convicts: true)
  } suspect: {
    "activity"
  } dead: {
    "activity"
  }
}
