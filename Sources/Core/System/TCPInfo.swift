import CFlatline

/// One reading of `getsockopt(TCP_INFO)` (tcp(7)): what the kernel knows about a connection. Reading it takes
/// nothing from the socket, not even its pending error.
public struct TCPInfo: Hashable, Sendable, BitwiseCopyable {
  public var state: TCPState
  /// Retransmission time-outs in a row without progress.
  public var retransmits: Int
  /// Unanswered keepalive or zero-window probes.
  public var probes: Int
  /// Doublings of the retransmission time-out in force (RFC 6298, 5.5).
  public var backoff: Int
  /// The retransmission time-out in force.
  public var retransmissionTimeout: Duration
  /// Smoothed round-trip time (RFC 6298).
  public var roundTripTime: Duration
  /// The shortest round-trip time of late: the path's own, without the peer's delayed ACKs. Zero before the
  /// first measurement.
  public var shortestRoundTripTime: Duration
  /// Mean deviation of the round-trip time.
  public var roundTripVariation: Duration
  /// Segments sent and not yet acknowledged.
  public var unacknowledged: Int
  /// Bytes queued and never yet sent.
  public var notSent: Int
  /// The peer's receive window in bytes; `nil` where the kernel does not report it (before Linux 5.4).
  public var sendWindow: Int?
  /// Time since data was last sent, retransmissions included.
  public var sinceDataSent: Duration
  /// Time since data was last received.
  public var sinceDataReceived: Duration
  /// Time since an acceptable ACK was last received.
  public var sinceAcknowledged: Duration
  public var bytesAcknowledged: UInt64
  public var bytesReceived: UInt64
  public var segmentsReceived: UInt32
  public var segmentsSent: UInt32
  /// Data segments that arrived out of order.
  public var outOfOrderReceived: UInt32

  public init(state: TCPState) {
    self.state = state
    retransmits = 0
    probes = 0
    backoff = 0
    retransmissionTimeout = .milliseconds(204)
    roundTripTime = .zero
    roundTripVariation = .zero
    shortestRoundTripTime = .zero
    unacknowledged = 0
    notSent = 0
    sendWindow = nil
    sinceDataSent = .zero
    sinceDataReceived = .zero
    sinceAcknowledged = .zero
    bytesAcknowledged = 0
    bytesReceived = 0
    segmentsReceived = 0
    segmentsSent = 0
    outOfOrderReceived = 0
  }

  /// Something was sent, or waits to be sent, that the peer has not acknowledged.
  public var isInFlight: Bool { unacknowledged > 0 || notSent > 0 }

  /// Time since the peer's host was last heard: data or an ACK.
  public var sinceHeard: Duration { min(sinceDataReceived, sinceAcknowledged) }

  /// What a longer path adds to every wait: SRTT + 4·RTTVAR (RFC 6298, 2.3, without its floor), which also
  /// holds the peer's delayed ACKs, but at most ten round trips of the bare path.
  public var pathAllowance: Duration {
    min(roundTripTime + roundTripVariation * 4, shortestRoundTripTime * 10)
  }
}

extension TCPInfo {
  init(_ raw: flatline_tcp_info) {
    // A state this code has never heard of is not an end: read it as established.
    self.init(state: TCPState(rawValue: raw.state) ?? .established)
    retransmits = Int(raw.retransmits)
    probes = Int(raw.probes)
    backoff = Int(raw.backoff)
    retransmissionTimeout = .microseconds(Int64(raw.rto))
    roundTripTime = .microseconds(Int64(raw.rtt))
    roundTripVariation = .microseconds(Int64(raw.rttvar))
    // The kernel says ~0 before the first measurement.
    shortestRoundTripTime = raw.min_rtt == .max ? .zero : .microseconds(Int64(raw.min_rtt))
    unacknowledged = Int(raw.unacked)
    notSent = Int(raw.notsent_bytes)
    sendWindow = raw.reported >= TCPInfo.sizeWithSendWindow ? Int(raw.snd_wnd) : nil
    sinceDataSent = .milliseconds(Int64(raw.last_data_sent))
    sinceDataReceived = .milliseconds(Int64(raw.last_data_recv))
    sinceAcknowledged = .milliseconds(Int64(raw.last_ack_recv))
    bytesAcknowledged = raw.bytes_acked
    bytesReceived = raw.bytes_received
    segmentsReceived = raw.segs_in
    segmentsSent = raw.segs_out
    outOfOrderReceived = raw.rcv_ooopack
  }

  /// Bytes of the kernel's structure up to and with tcpi_snd_wnd.
  private static let sizeWithSendWindow: UInt32 = 232
}

extension TCPInfo {
  /// The reading as facts: the state, and whatever is not at rest.
  public var facts: [Fact] {
    var facts: [Fact] = [.text("tcp_state", "\(state)")]
    let counters: [(String, Int)] = [
      ("retransmits", retransmits), ("backoff", backoff), ("probes", probes), ("unacked", unacknowledged),
      ("not_sent", notSent),
    ]
    for (name, value) in counters where value > 0 { facts.append(.count(name, value)) }
    if let sendWindow, sendWindow == 0, !state.isOver { facts.append(.count("send_window", 0)) }
    facts.append(.duration("since_ack", sinceAcknowledged))
    facts.append(.duration("since_data", sinceDataReceived))
    facts.append(.duration("rto", retransmissionTimeout))
    facts.append(.duration("rtt", roundTripTime))
    return facts
  }
}
