import FlatlineCHeader
import FlatlineCore
import Testing

@testable import FlatlinePlugins

/// The look that a detector in C gets.
struct LookTests {
  private let detector = MadeDetector()
  private var strings: Strings { detector.strings }

  private func see(_ look: borrowing Look) throws {
    _ = try detector.registered().makeDetector().once(look)
  }

  private var endCause: String? { CText.text(in: strings.look.end_cause) }

  @Test func aLookWithoutAnythingSaysSo() throws {
    try see(Look(now: MonotonicTime(nanoseconds: 77)))
    let look = strings.look
    #expect(look.size == UInt32(MemoryLayout<flatline_look>.size))
    #expect(look.now_ns == 77)
    #expect(look.is_due == 0 && look.is_challenged == 0 && look.can_ping == 0)
    #expect(look.stall_ns == 0 && look.received == 0 && look.readiness == 0)
    #expect(look.ping_outcome == Int32(FLATLINE_PING_SENT))
    #expect(look.descriptor == -1 && look.unread == -1)
    #expect(look.end == Int32(FLATLINE_OPEN))
    #expect(endCause == "")
    #expect(strings.tcpInfo == nil && strings.options.isEmpty && strings.changed.isEmpty)
  }

  @Test func everyMemberIsThere() throws {
    let now = MonotonicTime(nanoseconds: 1_000_000_000)
    var look = Look(
      now: now, readiness: [.readable, .readHangUp], isDue: true, received: 9, isChallenged: true,
      stall: .milliseconds(2), pingOutcome: .notNow, changedOptions: [.keepalive], tcpInfo: .full, unread: 4,
      options: [.userTimeout: 30], descriptor: 5, canPing: true)
    look.end = ConnectionEnd(.peerReset, tcpInfo: .full)
    try see(look)
    let seen = strings.look
    #expect(seen.is_due == 1 && seen.is_challenged == 1 && seen.can_ping == 1)
    #expect(seen.stall_ns == 2_000_000 && seen.received == 9 && seen.descriptor == 5 && seen.unread == 4)
    #expect(seen.readiness == Readiness([.readable, .readHangUp]).rawValue)
    #expect(seen.ping_outcome == Int32(FLATLINE_PING_NOT_NOW))
    #expect(seen.end == Int32(FLATLINE_ENDED))
    #expect(endCause == "peerReset")
    #expect(strings.options.map(\.name) == [SocketOption.userTimeout.name])
    #expect(strings.options.map(\.value) == [30])
    #expect(strings.changed.map(\.name) == [SocketOption.keepalive.name])
    look.end = ConnectionEnd(.peerClosed, isHalfClose: true, tcpInfo: .full)
    look.pingOutcome = .never
    try see(look)
    #expect(strings.look.end == Int32(FLATLINE_PEER_FINISHED))
    #expect(endCause == "peerClosed")
    #expect(strings.look.ping_outcome == Int32(FLATLINE_PING_NEVER))
    look.pingOutcome = .handshakePending
    try see(look)
    #expect(strings.look.ping_outcome == Int32(FLATLINE_PING_HANDSHAKE_PENDING))
    look.pingOutcome = .streamFull
    try see(look)
    #expect(strings.look.ping_outcome == Int32(FLATLINE_PING_STREAM_FULL))
  }

  @Test func aReadingHasTheKernelsUnits() throws {
    try see(Look(now: MonotonicTime(nanoseconds: 1), tcpInfo: .full))
    let info = try #require(strings.tcpInfo)
    #expect(info.size == UInt32(MemoryLayout<flatline_tcp_info>.size))
    #expect(info.state == TCPState.closeWait.rawValue)
    #expect(info.retransmits == 1 && info.probes == 2 && info.backoff == 3 && info.unacked == 4)
    #expect(info.notsent_bytes == 5 && info.snd_wnd == 6)
    #expect(info.rto == 7000 && info.rtt == 8000 && info.rttvar == 9000 && info.min_rtt == 10_000)
    // More milliseconds than microseconds would have room for.
    #expect(info.last_data_sent == 11 && info.last_data_recv == 12 && info.last_ack_recv == 4_000_000)
    #expect(info.segs_in == 13 && info.segs_out == 14 && info.data_segs_in == 15 && info.data_segs_out == 16)
    #expect(info.rcv_ooopack == 17 && info.bytes_acked == 1018 && info.bytes_received == 19)
    #expect(info.bytes_retrans == 20)
    #expect(info.bytes_sent == 21)
    var without = TCPInfo.full
    without.sendWindow = nil
    try see(Look(now: MonotonicTime(nanoseconds: 1), tcpInfo: without))
    #expect(strings.tcpInfo?.snd_wnd == -1)
  }

  @Test func aDetectorWithoutAnOpinionAbstains() throws {
    strings.begins = false
    let opinion = try detector.registered().makeDetector().once(Look(now: MonotonicTime(nanoseconds: 1)))
    #expect(opinion == nil)
  }
}

extension TCPInfo {
  /// A different number in every member.
  fileprivate static var full: TCPInfo {
    var info = TCPInfo(state: .closeWait)
    info.retransmits = 1
    info.probes = 2
    info.backoff = 3
    info.unacknowledged = 4
    info.notSent = 5
    info.sendWindow = 6
    info.retransmissionTimeout = .milliseconds(7)
    info.roundTripTime = .milliseconds(8)
    info.roundTripVariation = .milliseconds(9)
    info.shortestRoundTripTime = .milliseconds(10)
    info.sinceDataSent = .milliseconds(11)
    info.sinceDataReceived = .milliseconds(12)
    info.sinceAcknowledged = .seconds(4000)
    info.segmentsReceived = 13
    info.segmentsSent = 14
    info.dataSegmentsReceived = 15
    info.dataSegmentsSent = 16
    info.outOfOrderReceived = 17
    info.bytesAcknowledged = 1018
    info.bytesReceived = 19
    info.bytesRetransmitted = 20
    info.bytesSent = 21
    return info
  }
}
