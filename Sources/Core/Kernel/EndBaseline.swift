/// What the monitor remembers of a connection to tell the cause of its end: sixteen bytes a connection.
public struct EndBaseline: BitwiseCopyable, Sendable {
  private var segments: UInt32
  /// Milliseconds of the monotonic clock, the low half.
  private var seen: UInt32
  /// The low halves of counts: segments sent without data, those sent with data, and what the peer has sent.
  private var bareSent: UInt16
  private var dataSent: UInt16
  private var received: UInt16
  /// The state at the last look.
  public private(set) var tcpState: TCPState
  /// Zero or one; larger is not known.
  private var beyondData: UInt8

  /// What the first look saw.
  public init(_ info: TCPInfo, at now: MonotonicTime) {
    segments = info.segmentsReceived
    bareSent = info.bareSegmentsSent.lowHalf
    dataSent = info.dataSegmentsSent.lowHalf
    received = info.dataAndEndReceived
    seen = EndBaseline.milliseconds(now)
    tcpState = info.state
    beyondData = .max
    update(info, at: now)
  }

  /// Takes a reading of a living connection in.
  public mutating func update(_ info: TCPInfo, at now: MonotonicTime) {
    segments = info.segmentsReceived
    bareSent = info.bareSegmentsSent.lowHalf
    dataSent = info.dataSegmentsSent.lowHalf
    received = info.dataAndEndReceived
    seen = EndBaseline.milliseconds(now)
    tcpState = info.state
    if let seen = info.beyondDataAtRest { beyondData = seen }
  }

  /// Whether no segment has come since the last look.
  func hasHeardNothing(_ info: TCPInfo) -> Bool { info.segmentsReceived == segments }

  /// Segments received when last looked. Not told of a look just before: the kernel counts a RST a moment before
  /// it acts on it.
  func segments(at now: MonotonicTime) -> UInt32? {
    EndBaseline.milliseconds(now) &- seen >= 20 && !tcpState.isOver ? segments : nil
  }

  /// Whether, since the last look, one segment was sent that nothing of the peer's asked for, while the peer sent no
  /// more than answers: a FIN of ours, a window told anew, or a RST of ours. A RST of the peer's would be an answer
  /// too many.
  func sentOneUnasked(_ info: TCPInfo, at now: MonotonicTime) -> Bool {
    // What the peer sends is acknowledged: without data, and asked for. So is its FIN.
    guard tcpState == .established, info.dataAndEndReceived == received else { return false }
    let answers = info.segmentsReceived &- segments
    let asked = UInt32(info.dataSegmentsSent.lowHalf &- dataSent)
    let bare = UInt32(info.bareSegmentsSent.lowHalf &- bareSent)
    if bare == 1 { return answers <= asked }
    // The others were keepalive probes, each answered: an ACK was heard, which a RST does not count as.
    let gap = Duration.milliseconds(Int64(EndBaseline.milliseconds(now) &- seen))
    return bare > 1 && asked == 0 && answers == bare - 1 && info.sinceAcknowledged < gap
  }

  var beyondDataBefore: Int64? { beyondData <= 1 ? Int64(beyondData) : nil }

  private static func milliseconds(_ time: MonotonicTime) -> UInt32 {
    UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000)
  }
}

extension TCPInfo {
  /// ``acknowledgedBeyondData``, zero or one, with nothing in flight and no FIN sent; `nil` at any other time. At the
  /// end, what is more than that is the FIN of this side.
  var beyondDataAtRest: UInt8? {
    guard state == .established, !isInFlight, (0...1).contains(acknowledgedBeyondData) else { return nil }
    return UInt8(acknowledgedBeyondData)
  }

  /// Moves with every segment of data that came, and with a FIN, which the kernel counts among the bytes
  /// (tcp_data_queue, net/ipv4/tcp_input.c).
  fileprivate var dataAndEndReceived: UInt16 {
    UInt16(truncatingIfNeeded: bytesReceived &+ UInt64(dataSegmentsReceived))
  }

  fileprivate var bareSegmentsSent: UInt32 { segmentsSent &- dataSegmentsSent }
}

extension UInt32 {
  fileprivate var lowHalf: UInt16 { UInt16(truncatingIfNeeded: self) }
}
