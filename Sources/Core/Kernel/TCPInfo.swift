import CFlatline

/// One reading of `getsockopt(TCP_INFO)` (tcp(7)): the kernel's state of a connection. Reading it consumes nothing,
/// not even the pending error.
public struct TCPInfo: Hashable, Sendable, BitwiseCopyable {
  /// The state of the connection (tcpi_state).
  public var state: TCPState
  // Kept in the kernel's units: readings are copied into evidence.
  private var retransmitsCount: UInt8 = 0
  private var probesCount: UInt8 = 0
  private var backoffCount: UInt8 = 0
  private var reportsSendWindow = false
  private var reportsReceiveWindow = false
  private var retransmissionMicroseconds: UInt32 = 204_000
  private var roundTripMicroseconds: UInt32 = 0
  private var variationMicroseconds: UInt32 = 0
  private var shortestMicroseconds: UInt32 = 0
  private var dataSentMilliseconds: UInt32 = 0
  private var dataReceivedMilliseconds: UInt32 = 0
  private var acknowledgedMilliseconds: UInt32 = 0
  private var unacknowledgedSegments: UInt32 = 0
  /// Of the segments sent and not yet acknowledged, those that the peer holds behind a hole (tcpi_sacked; RFC 2018).
  public var selectivelyAcknowledged: UInt32 = 0
  private var notSentBytes: UInt32 = 0
  private var sendWindowBytes: UInt32 = 0
  private var receiveWindowBytes: UInt32 = 0
  /// Segments received, with and without data (tcpi_segs_in). Wraps.
  public var segmentsReceived: UInt32 = 0
  /// Segments sent, with and without data, retransmissions too (tcpi_segs_out). Wraps.
  public var segmentsSent: UInt32 = 0
  /// Of the segments received, those with data (tcpi_data_segs_in). Wraps.
  public var dataSegmentsReceived: UInt32 = 0
  /// Of the segments sent, those with data, retransmissions included (tcpi_data_segs_out). Wraps.
  public var dataSegmentsSent: UInt32 = 0
  /// Data segments that arrived out of order (tcpi_rcv_ooopack). Wraps.
  public var outOfOrderReceived: UInt32 = 0
  /// Bytes that the peer has acknowledged (tcpi_bytes_acked; RFC 4898, tcpEStatsAppHCThruOctetsAcked).
  public var bytesAcknowledged: UInt64 = 0
  /// Bytes received in order (tcpi_bytes_received; RFC 4898, tcpEStatsAppHCThruOctetsReceived).
  public var bytesReceived: UInt64 = 0
  /// Bytes of data sent, retransmissions included (tcpi_bytes_sent; RFC 4898, tcpEStatsPerfHCDataOctetsOut).
  public var bytesSent: UInt64 = 0
  /// Bytes sent again (tcpi_bytes_retrans; RFC 4898, tcpEStatsPerfOctetsRetrans).
  public var bytesRetransmitted: UInt64 = 0
  /// bytes_acked − (bytes_sent − bytes_retrans). With nothing in flight: 0, +1 for our SYN if we connected, +1 for
  /// our FIN. Each byte in flight subtracts 1.
  public var acknowledgedBeyondData: Int64 = 0

  /// A reading of a connection in this state on which nothing has happened yet.
  public init(state: TCPState) {
    self.state = state
  }

  /// Retransmission time-outs in a row without progress (tcpi_retransmits).
  public var retransmits: Int {
    get { Int(retransmitsCount) }
    set { retransmitsCount = UInt8(clamping: newValue) }
  }
  /// Unanswered keepalive or zero-window probes (tcpi_probes).
  public var probes: Int {
    get { Int(probesCount) }
    set { probesCount = UInt8(clamping: newValue) }
  }
  /// Doublings of the retransmission time-out in force (tcpi_backoff; RFC 6298, 5.5).
  public var backoff: Int {
    get { Int(backoffCount) }
    set { backoffCount = UInt8(clamping: newValue) }
  }
  /// Segments sent and not yet acknowledged (tcpi_unacked).
  public var unacknowledged: Int {
    get { Int(unacknowledgedSegments) }
    set { unacknowledgedSegments = UInt32(clamping: newValue) }
  }
  /// Bytes queued and never yet sent (tcpi_notsent_bytes).
  public var notSent: Int {
    get { Int(notSentBytes) }
    set { notSentBytes = UInt32(clamping: newValue) }
  }
  /// The peer's receive window in bytes (tcpi_snd_wnd); `nil` where the kernel does not report it (before Linux 5.4).
  public var sendWindow: Int? {
    get { reportsSendWindow ? Int(sendWindowBytes) : nil }
    set {
      reportsSendWindow = newValue != nil
      sendWindowBytes = UInt32(clamping: newValue ?? 0)
    }
  }
  /// Our receive window in bytes, as last sent to the peer (tcpi_rcv_wnd); `nil` where the kernel does not report it
  /// (before Linux 6.2).
  public var receiveWindow: Int? {
    get { reportsReceiveWindow ? Int(receiveWindowBytes) : nil }
    set {
      reportsReceiveWindow = newValue != nil
      receiveWindowBytes = UInt32(clamping: newValue ?? 0)
    }
  }
  /// The retransmission time-out in force (tcpi_rto).
  public var retransmissionTimeout: Duration {
    get { Duration(microseconds: retransmissionMicroseconds) }
    set { retransmissionMicroseconds = newValue.microsecondsCount }
  }
  /// Smoothed round-trip time (tcpi_rtt; RFC 6298).
  public var roundTripTime: Duration {
    get { Duration(microseconds: roundTripMicroseconds) }
    set { roundTripMicroseconds = newValue.microsecondsCount }
  }
  /// Mean deviation of the round-trip time (tcpi_rttvar).
  public var roundTripVariation: Duration {
    get { Duration(microseconds: variationMicroseconds) }
    set { variationMicroseconds = newValue.microsecondsCount }
  }
  /// The shortest recent round-trip time (tcpi_min_rtt): that of the path alone, without the peer's delayed ACKs.
  /// Zero before the first measurement.
  public var shortestRoundTripTime: Duration {
    get { Duration(microseconds: shortestMicroseconds) }
    set { shortestMicroseconds = newValue.microsecondsCount }
  }
  /// Time since data was last sent, retransmissions included (tcpi_last_data_sent).
  public var sinceDataSent: Duration {
    get { Duration(milliseconds: dataSentMilliseconds) }
    set { dataSentMilliseconds = newValue.microsecondsCount / 1000 }
  }
  /// Time since data was last received (tcpi_last_data_recv).
  public var sinceDataReceived: Duration {
    get { Duration(milliseconds: dataReceivedMilliseconds) }
    set { dataReceivedMilliseconds = newValue.microsecondsCount / 1000 }
  }
  /// Time since an acceptable ACK was last received (tcpi_last_ack_recv).
  public var sinceAcknowledged: Duration {
    get { Duration(milliseconds: acknowledgedMilliseconds) }
    set { acknowledgedMilliseconds = newValue.microsecondsCount / 1000 }
  }

  /// Some data is sent and not acknowledged, or waits to be sent.
  public var isInFlight: Bool { unacknowledged > 0 || notSent > 0 }

  /// Open both ways, nothing in flight, and no probe unanswered.
  public var isAtRest: Bool {
    state == .established && !isInFlight && retransmitsCount == 0 && probesCount == 0
  }

  /// Bytes sent and not yet acknowledged, those that were lost included.
  public var bytesInFlight: Int { Int(clamping: max(0, 0 &- acknowledgedBeyondData)) }

  /// Bytes wait for the peer's closed window, and no segment waits for an ACK (RFC 9293, 3.8.6.1).
  public var isWindowClosed: Bool { sendWindow == 0 && unacknowledged == 0 && notSent > 0 }

  /// Time since the last data or ACK from the peer's host.
  public var sinceHeard: Duration { min(sinceDataReceived, sinceAcknowledged) }

  /// The time that the path adds to every wait: SRTT + 4·RTTVAR (RFC 6298, 2.3, without its floor), at most ten
  /// times the shortest round-trip time. It includes the peer's delayed ACKs.
  public var pathAllowance: Duration {
    min(roundTripTime + roundTripVariation * 4, shortestRoundTripTime * 10)
  }
}

extension TCPInfo {
  init(_ raw: flatline_tcp_reading) {
    // An unknown state is not an end: read it as established.
    self.init(state: TCPState(rawValue: raw.state) ?? .established)
    retransmitsCount = raw.retransmits
    probesCount = raw.probes
    backoffCount = raw.backoff
    retransmissionMicroseconds = raw.rto
    roundTripMicroseconds = raw.rtt
    variationMicroseconds = raw.rttvar
    // The kernel reports ~0 before the first measurement.
    shortestMicroseconds = raw.min_rtt == .max ? 0 : raw.min_rtt
    unacknowledgedSegments = raw.unacked
    selectivelyAcknowledged = raw.sacked
    notSentBytes = raw.notsent_bytes
    reportsSendWindow = raw.reported >= TCPInfo.sizeWithSendWindow
    sendWindowBytes = raw.snd_wnd
    reportsReceiveWindow = raw.reported >= TCPInfo.sizeWithReceiveWindow
    receiveWindowBytes = raw.rcv_wnd
    dataSentMilliseconds = raw.last_data_sent
    dataReceivedMilliseconds = raw.last_data_recv
    acknowledgedMilliseconds = raw.last_ack_recv
    bytesAcknowledged = raw.bytes_acked
    bytesReceived = raw.bytes_received
    bytesSent = raw.bytes_sent
    bytesRetransmitted = raw.bytes_retrans
    let sent = raw.bytes_sent &- raw.bytes_retrans
    acknowledgedBeyondData = Int64(truncatingIfNeeded: raw.bytes_acked &- sent)
    segmentsReceived = raw.segs_in
    segmentsSent = raw.segs_out
    dataSegmentsReceived = raw.data_segs_in
    dataSegmentsSent = raw.data_segs_out
    outOfOrderReceived = raw.rcv_ooopack
  }

  /// From the kernel's structure by another interface than TCP_INFO, such as sock_diag(7); `nil` for no bytes.
  package init?(kernelBytes bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return nil }
    var raw = flatline_tcp_reading()
    flatline_decode_tcp_info(start, bytes.count, &raw)
    self.init(raw)
  }

  /// The reading `duration` later, if nothing happens meanwhile.
  package func aged(by duration: Duration) -> TCPInfo {
    var info = self
    info.sinceDataSent += duration
    info.sinceDataReceived += duration
    info.sinceAcknowledged += duration
    return info
  }

  /// Bytes of the kernel's structure up to and including tcpi_snd_wnd.
  private static let sizeWithSendWindow: UInt32 = 232
  /// The same, up to and including tcpi_rcv_wnd.
  private static let sizeWithReceiveWindow: UInt32 = 236
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

extension Duration {
  // Without the generic integer conversions of `.milliseconds`: readings are taken thousands of times a second.
  fileprivate init(microseconds: UInt32) {
    self.init(attoseconds: Int128(microseconds) * 1_000_000_000_000)
  }

  fileprivate init(milliseconds: UInt32) {
    self.init(attoseconds: Int128(milliseconds) * 1_000_000_000_000_000)
  }

  fileprivate var microsecondsCount: UInt32 { UInt32(clamping: clampedNanoseconds / 1000) }
}
