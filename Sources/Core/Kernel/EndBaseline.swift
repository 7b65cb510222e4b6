/// Earlier readings of a connection, from which the monitor derives the cause of its end: sixteen bytes a
/// connection.
public struct EndBaseline: BitwiseCopyable, Sendable {
  private var segments: UInt32
  /// Low 32 bits of `CLOCK_MONOTONIC` in milliseconds.
  private var seen: UInt32
  /// The low 16 bits of counts: segments sent without data, segments sent with data, and `dataAndEndReceived`.
  private var bareSent: UInt16
  private var dataSent: UInt16
  private var received: UInt16
  /// The state at the last look.
  public private(set) var tcpState: TCPState
  /// Zero or one; any larger value means not known.
  private var beyondData: UInt8

  /// The baseline of the first look.
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

  /// Updates the baseline with a reading of a living connection.
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

  /// Segments received at the last look; `nil` if that look was less than 20 ms ago or showed an end. The kernel
  /// counts a RST a moment before it acts on it.
  func segments(at now: MonotonicTime) -> UInt32? {
    EndBaseline.milliseconds(now) &- seen >= 20 && !tcpState.isOver ? segments : nil
  }

  /// Whether this side sent one segment since the last look that answers nothing of the peer's, while the peer sent
  /// only answers. That segment is our FIN, a window update, or our RST. A RST of the peer would be one answer too
  /// many.
  func sentOneUnasked(_ info: TCPInfo, at now: MonotonicTime) -> Bool {
    // Our ACK of the peer's data or FIN is also a segment without data, but an answer. This guard excludes that
    // case.
    guard tcpState == .established, info.dataAndEndReceived == received else { return false }
    let answers = info.segmentsReceived &- segments
    let asked = UInt32(info.dataSegmentsSent.lowHalf &- dataSent)
    let bare = UInt32(info.bareSegmentsSent.lowHalf &- bareSent)
    if bare == 1 { return answers <= asked }
    // The other segments were keepalive probes, each with an answer. An ACK came: a RST does not count as an ACK.
    let gap = Duration.milliseconds(Int64(EndBaseline.milliseconds(now) &- seen))
    return bare > 1 && asked == 0 && answers == bare - 1 && info.sinceAcknowledged < gap
  }

  var beyondDataBefore: Int64? { beyondData <= 1 ? Int64(beyondData) : nil }

  private static func milliseconds(_ time: MonotonicTime) -> UInt32 {
    UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000)
  }
}

extension TCPInfo {
  /// ``acknowledgedBeyondData``, zero or one, with nothing in flight and no FIN sent; `nil` at any other time. At
  /// the end, any excess over it is the FIN of this side.
  var beyondDataAtRest: UInt8? {
    guard state == .established, !isInFlight, (0...1).contains(acknowledgedBeyondData) else { return nil }
    return UInt8(acknowledgedBeyondData)
  }

  /// Changes with every data segment received and with a FIN. The kernel counts a FIN among the bytes
  /// (tcp_data_queue, net/ipv4/tcp_input.c).
  fileprivate var dataAndEndReceived: UInt16 {
    UInt16(truncatingIfNeeded: bytesReceived &+ UInt64(dataSegmentsReceived))
  }

  fileprivate var bareSegmentsSent: UInt32 { segmentsSent &- dataSegmentsSent }
}

extension UInt32 {
  fileprivate var lowHalf: UInt16 { UInt16(truncatingIfNeeded: self) }
}
