import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// What CLOSE reads after each kind of end, as measured on Linux 6.18, and what it is taken for.
struct ConnectionEndTests {
  struct Reading: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var retransmits = 0
    var probes = 0
    /// Segments received since the last look; `nil` if nobody looked before.
    var moreSegments: UInt32? = 0
    /// Milliseconds.
    var sinceAcknowledged = 0
    var sinceDataSent = 0
    var userTimeout = 0
    var keepaliveCount = 9
    var hasError: Bool? = true
    var stateBefore: TCPState? = .established
    let cause: Cause
  }

  private static let readings: [Reading] = [
    Reading(
      testDescription: "reset while idle", moreSegments: 1, sinceAcknowledged: 9000, sinceDataSent: 9000,
      cause: .peerReset),
    Reading(testDescription: "reset in flight", moreSegments: 1, sinceDataSent: 3, cause: .peerReset),
    Reading(testDescription: "reset of a connection nobody looked at", moreSegments: nil, cause: .peerReset),
    Reading(
      testDescription: "a probe answered by a reset", probes: 1, moreSegments: 1, sinceAcknowledged: 1000,
      cause: .peerRestarted),
    Reading(
      testDescription: "a probe answered by a reset after an outage", probes: 5, moreSegments: 1,
      sinceAcknowledged: 6000, cause: .peerRestarted),
    Reading(
      testDescription: "a retransmission answered by a reset", retransmits: 3, moreSegments: 1,
      sinceAcknowledged: 2900, sinceDataSent: 1, cause: .peerRestarted),
    Reading(
      testDescription: "keepalive time-out", probes: 9, sinceAcknowledged: 10_000, cause: .timedOut),
    Reading(
      testDescription: "keepalive time-out of three probes", probes: 3, sinceAcknowledged: 4000,
      keepaliveCount: 3,
      cause: .timedOut),
    Reading(
      testDescription: "keepalive time-out by the user time-out", probes: 2, sinceAcknowledged: 3000,
      userTimeout: 3000, cause: .timedOut),
    Reading(
      testDescription: "user time-out in flight", retransmits: 3, sinceAcknowledged: 2235, sinceDataSent: 400,
      userTimeout: 2000, cause: .timedOut),
    Reading(
      testDescription: "user time-out a jiffy early", retransmits: 3, sinceAcknowledged: 1992,
      sinceDataSent: 100,
      userTimeout: 2000, cause: .timedOut),
    Reading(
      testDescription: "retries exhausted", retransmits: 15, sinceAcknowledged: 900_000, sinceDataSent: 1632,
      cause: .timedOut),
    Reading(
      testDescription: "user time-out while a router complains", retransmits: 10, sinceAcknowledged: 2300,
      sinceDataSent: 200, userTimeout: 2000, cause: .timedOut),
    Reading(testDescription: "destroyed here", cause: .localClosed),
    Reading(
      testDescription: "destroyed here in an outage in flight", retransmits: 2, sinceAcknowledged: 700,
      sinceDataSent: 50, userTimeout: 20_000, cause: .localClosed),
    Reading(
      testDescription: "destroyed here in an outage while idle", probes: 2, sinceAcknowledged: 3000,
      userTimeout: 20_000, cause: .localClosed),
    Reading(
      testDescription: "both sides finished", moreSegments: 1, hasError: false, stateBefore: .finWait2,
      cause: .peerClosed),
    Reading(
      testDescription: "both sides finished, seen without an event", moreSegments: 1, hasError: nil,
      stateBefore: .finWait2, cause: .peerClosed),
    Reading(
      testDescription: "both sides finished, the peer first", moreSegments: 1, hasError: nil,
      stateBefore: .lastAck,
      cause: .peerClosed),
    Reading(
      testDescription: "reset seen without an event", moreSegments: 1, hasError: nil, cause: .peerReset),
    Reading(
      testDescription: "reset after a FIN", moreSegments: 1, stateBefore: .closeWait, cause: .peerReset),
  ]

  @Test(arguments: readings)
  func isTakenForWhatItWas(reading: Reading) {
    var info = TCPInfo(state: .close)
    info.retransmits = reading.retransmits
    info.probes = reading.probes
    info.segmentsReceived = 100
    info.sinceAcknowledged = .milliseconds(reading.sinceAcknowledged)
    info.sinceDataSent = .milliseconds(reading.sinceDataSent)
    info.retransmissionTimeout = .milliseconds(reading.retransmits > 10 ? 1632 : 408)
    if reading.testDescription.contains("keepalive") { info.retransmissionTimeout = .milliseconds(204) }
    let observation = EndObservation(
      info: info, hasError: reading.hasError, stateBefore: reading.stateBefore,
      segmentsBefore: reading.moreSegments.map { 100 - $0 },
      userTimeout: .milliseconds(reading.userTimeout), keepaliveCount: reading.keepaliveCount)
    #expect(observation.cause == reading.cause)
  }

  /// The kernel's user time-out falls on a closed window although each probe was answered.
  @Test(arguments: [nil, false, true] as [Bool?])
  func aClosedWindowRunsIntoTheUserTimeout(hasError: Bool?) {
    var info = TCPInfo(state: .close)
    info.segmentsReceived = 100
    info.sendWindow = 0
    info.notSent = 5000
    info.sinceAcknowledged = .milliseconds(700)
    info.sinceDataSent = .milliseconds(2300)
    func cause(_ timeout: Int) -> Cause {
      EndObservation(
        info: info, hasError: hasError, stateBefore: .established, segmentsBefore: 98,
        userTimeout: .milliseconds(timeout)
      ).cause
    }
    #expect(cause(2000) == .timedOut)
    // With bytes that were never sent no FIN of ours went out, whoever took the error.
    #expect(cause(0) == .peerReset)
    #expect(cause(9000) == .peerReset)
  }

  @Test func aFINIsOneDirectionAndSaysWhatIsUnread() throws {
    let socket = ScriptedSocket(TCPInfo(state: .closeWait))
    socket.unread = 42
    for state in [TCPState.closeWait, .lastAck, .closing] {
      let evidence = try #require(socket.end(TCPInfo(state: state))).evidence(at: .at(0))
      #expect(evidence.leaning == .dead)
      #expect(evidence.cause == .peerClosed)
      #expect(evidence.isHalfClose && evidence.isConclusive)
      #expect(evidence.layer == .process)
      #expect(evidence.facts.contains(.count("unread", 42)))
    }
    for state in [TCPState.established, .finWait1, .finWait2, .synReceived] {
      #expect(socket.end(TCPInfo(state: state)) == nil)
    }
  }

  @Test func theSocketsOwnTimeOutsAreAsked() throws {
    var info = TCPInfo(state: .close)
    info.probes = 3
    info.segmentsReceived = 5
    let socket = ScriptedSocket(info)
    socket.options[.keepaliveCount] = 3
    let evidence = try #require(socket.end(info)).evidence(at: .at(0))
    #expect(evidence.cause == .timedOut)
    #expect(evidence.isConclusive && !evidence.isHalfClose)
    #expect(evidence.layer == .connection)
  }

  @Test func whoTookThePendingErrorDoesNotMakeAResetClean() {
    var info = TCPInfo(state: .close)
    info.acknowledgedBeyondData = 1
    // We had connected: our SYN is the one. Nothing of ours was acknowledged beyond it, so no FIN was.
    #expect(EndObservation(info: info, hasError: false, beyondDataBefore: 1).cause == .peerReset)
    info.acknowledgedBeyondData = 2
    #expect(EndObservation(info: info, hasError: false, beyondDataBefore: 1).cause == .peerClosed)
  }

  /// What was counted since the last look, of a connection whose data is answered segment by segment.
  struct Counts: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Segments sent in all, and those of them with data.
    var sent: (all: UInt32, data: UInt32)
    var received: (all: UInt32, data: UInt32)
    /// Bytes, and a FIN, without an answer.
    var unacknowledged = 0
    var bytesUnacknowledged: Int64 = 0
    /// Bytes, and a FIN as one.
    var bytesReceived: UInt64 = 0
    /// An ACK came since the look.
    var heard = false
    let cause: Cause
  }

  static let counts = [
    Counts(testDescription: "destroyed here", sent: (4, 3), received: (3, 0), cause: .localClosed),
    Counts(
      testDescription: "destroyed here before the last answer came", sent: (4, 3), received: (2, 0),
      unacknowledged: 100, bytesUnacknowledged: 100, cause: .localClosed),
    Counts(testDescription: "reset by the peer", sent: (3, 3), received: (4, 0), cause: .peerReset),
    Counts(
      testDescription: "the last data answered by a reset", sent: (3, 3), received: (3, 0),
      unacknowledged: 100, bytesUnacknowledged: 100, cause: .peerReset),
    Counts(
      testDescription: "data and a FIN answered by a reset", sent: (2, 1), received: (1, 0),
      unacknowledged: 101, bytesUnacknowledged: 100, cause: .peerReset),
    Counts(
      testDescription: "a probe answered, then reset by the peer", sent: (1, 0), received: (2, 0),
      cause: .peerReset),
    Counts(
      testDescription: "two probes answered, then destroyed here", sent: (3, 0), received: (2, 0),
      heard: true,
      cause: .localClosed),
    Counts(
      testDescription: "two windows told anew, then reset by the peer", sent: (2, 0), received: (1, 0),
      cause: .peerReset),
    Counts(
      testDescription: "the peer's FIN acknowledged, then reset by it, which answers for two", sent: (3, 2),
      received: (2, 0), bytesReceived: 1, cause: .peerReset),
    Counts(
      testDescription: "the peer's data acknowledged, then reset by it", sent: (1, 0), received: (2, 1),
      cause: .peerReset),
  ]

  @Test(arguments: counts)
  func aResetOfOurOwnIsToldByWhatWasCounted(_ counts: Counts) throws {
    var info = TCPInfo(state: .established)
    info.segmentsSent = 70_000
    info.dataSegmentsSent = 69_990
    info.segmentsReceived = 65_530
    info.acknowledgedBeyondData = 1
    let before = EndBaseline(info, at: .at(1))
    info.state = .close
    info.segmentsSent += counts.sent.all
    info.dataSegmentsSent += counts.sent.data
    info.segmentsReceived += counts.received.all
    info.dataSegmentsReceived += counts.received.data
    info.bytesReceived += counts.bytesReceived
    info.sinceAcknowledged = counts.heard ? .milliseconds(1) : .seconds(9)
    info.acknowledgedBeyondData -= counts.bytesUnacknowledged
    let socket = ScriptedSocket(info)
    socket.unacknowledged = counts.unacknowledged
    // However soon after the look it came.
    for wait in [3, 300] {
      #expect(
        socket.end(info, hasError: true, baseline: before, at: .at(1) + .milliseconds(wait))?.cause
          == counts.cause)
    }
  }

  /// Of a half-closed connection the look came before the FIN was acknowledged, and the peer's answers came together.
  @Test func theAnswerToAFINIsNoResetOfOurOwn() {
    var info = TCPInfo(state: .established)
    info.acknowledgedBeyondData = 1
    var before = EndBaseline(info, at: .at(1))
    info.state = .closeWait
    info.segmentsReceived = 1
    before.update(info, at: .at(2))
    info.state = .close
    (info.segmentsSent, info.dataSegmentsSent, info.segmentsReceived) = (23, 22, 20)
    let end = ScriptedSocket(info).end(info, hasError: true, baseline: before, at: .at(4))
    #expect(end?.cause == .peerReset)
  }

  @Test func aLookJustBeforeTheEndSaysNothingOfSegments() throws {
    var info = TCPInfo(state: .established)
    info.segmentsReceived = 7
    let before = EndBaseline(info, at: .at(1))
    #expect(before.segments(at: .at(1) + .milliseconds(5)) == nil)
    #expect(before.segments(at: .at(1) + .milliseconds(50)) == 7)
  }
}
