import FlatlineCHeader
import FlatlineCore

extension flatline_look {
  /// The members of a look that are no pointers.
  init(_ look: borrowing Look, context: UnsafeMutableRawPointer?) {
    self.init()
    size = UInt32(MemoryLayout<flatline_look>.size)
    is_due = look.isDue ? 1 : 0
    now_ns = look.now.nanoseconds
    stall_ns = UInt64(clamping: look.stall.clampedNanoseconds)
    received = Int64(look.received)
    readiness = look.readiness.rawValue
    is_challenged = look.isChallenged ? 1 : 0
    ping_outcome =
      switch look.pingOutcome {
      case nil, .sent: Int32(FLATLINE_PING_SENT)
      case .notNow: Int32(FLATLINE_PING_NOT_NOW)
      case .never: Int32(FLATLINE_PING_NEVER)
      case .handshakePending: Int32(FLATLINE_PING_HANDSHAKE_PENDING)
      case .streamFull: Int32(FLATLINE_PING_STREAM_FULL)
      }
    can_ping = look.canPing ? 1 : 0
    descriptor = look.descriptor
    if let end = look.end {
      self.end = Int32(end.isHalfClose ? FLATLINE_PEER_FINISHED : FLATLINE_ENDED)
      CText.put(end.cause.rawValue, in: &end_cause)
    }
    unread = look.unread.map(Int64.init) ?? -1
    self.context = context
  }

  /// Calls `body` with a look as C has it.
  static func with<Result>(
    _ look: borrowing Look, context: UnsafeMutableRawPointer?,
    _ body: (UnsafePointer<flatline_look>) -> Result
  ) -> Result {
    var raw = flatline_look(look, context: context)
    let hasReading = look.tcpInfo != nil
    var reading = look.tcpInfo.map(flatline_tcp_info.init) ?? flatline_tcp_info()
    // Most looks have neither list: an empty array costs nothing.
    let options = look.options.map {
      flatline_option(level: $0.key.level, name: $0.key.name, value: $0.value)
    }
    let changed = look.changedOptions.map { flatline_option(level: $0.level, name: $0.name, value: 0) }
    return withUnsafePointer(to: &reading) { reading in
      options.withUnsafeBufferPointer { options in
        changed.withUnsafeBufferPointer { changed in
          raw.tcp_info = hasReading ? reading : nil
          raw.options = options.baseAddress
          raw.option_count = UInt32(options.count)
          raw.changed = changed.baseAddress
          raw.changed_count = UInt32(changed.count)
          return withUnsafePointer(to: &raw, body)
        }
      }
    }
  }
}

extension flatline_tcp_info {
  /// A reading in the kernel's units.
  init(_ info: TCPInfo) {
    self.init()
    size = UInt32(MemoryLayout<flatline_tcp_info>.size)
    state = info.state.rawValue
    retransmits = UInt8(clamping: info.retransmits)
    probes = UInt8(clamping: info.probes)
    backoff = UInt8(clamping: info.backoff)
    rto = info.retransmissionTimeout.inMicroseconds
    unacked = UInt32(clamping: info.unacknowledged)
    last_data_sent = info.sinceDataSent.inMilliseconds
    last_data_recv = info.sinceDataReceived.inMilliseconds
    last_ack_recv = info.sinceAcknowledged.inMilliseconds
    rtt = info.roundTripTime.inMicroseconds
    rttvar = info.roundTripVariation.inMicroseconds
    min_rtt = info.shortestRoundTripTime.inMicroseconds
    segs_out = info.segmentsSent
    segs_in = info.segmentsReceived
    data_segs_out = info.dataSegmentsSent
    data_segs_in = info.dataSegmentsReceived
    notsent_bytes = UInt32(clamping: info.notSent)
    rcv_ooopack = info.outOfOrderReceived
    bytes_acked = info.bytesAcknowledged
    bytes_received = info.bytesReceived
    bytes_retrans = info.bytesRetransmitted
    bytes_sent = info.bytesSent
    snd_wnd = info.sendWindow.map(Int64.init) ?? -1
  }
}

extension Duration {
  fileprivate var inMicroseconds: UInt32 { UInt32(clamping: clampedNanoseconds / 1000) }

  fileprivate var inMilliseconds: UInt32 { UInt32(clamping: clampedNanoseconds / 1_000_000) }
}
