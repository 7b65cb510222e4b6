/// One method alone, to compare, or as the start of a policy of one's own.
extension Policy {
  /// Readiness alone: FIN, RST and the kernel's time-outs. Blind to silence.
  public static let epollOnly = Policy(
    "epoll", summary: "Readiness alone: FIN, RST and kernel time-outs at once; blind to silence."
  ) {
    DetectorUse.epoll(readable: true)
  } suspect: {
    "epoll"
  } dead: {
    "epoll"
  }

  /// TCP_INFO alone: sampled, so a FIN is seen at the next sample. Blind to silence while idle.
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
}
