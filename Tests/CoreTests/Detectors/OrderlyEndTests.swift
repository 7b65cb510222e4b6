import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// An end in order is no failure: a FIN between requests.
struct OrderlyEndTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var state = TCPState.closeWait
    /// We connected: our SYN is acknowledged beyond the data.
    var hasOpened = true
    var pings = false
    var unacknowledged = 0
    var notSent = 0
    var unread = 0
    /// Milliseconds since the last data that we sent, and that came; `nil` for none.
    var sent: Int?
    var received: Int?
    let isOrderly: Bool
  }

  static let cases = [
    Case(testDescription: "never used", isOrderly: true),
    Case(testDescription: "after an answer", sent: 500, received: 400, isOrderly: true),
    Case(testDescription: "an answer within one tick", sent: 400, received: 400, isOrderly: true),
    Case(testDescription: "after pushed data", received: 400, isOrderly: true),
    Case(testDescription: "a request without an answer", sent: 400, received: 500, isOrderly: false),
    Case(testDescription: "a first request without an answer", sent: 400, isOrderly: false),
    Case(testDescription: "a first request within the handshake's tick", sent: 9000, isOrderly: false),
    Case(
      testDescription: "a client that leaves", hasOpened: false, sent: 400, received: 500, isOrderly: true),
    Case(
      testDescription: "a client that leaves a ping without an answer", hasOpened: false, pings: true,
      sent: 400, received: 500, isOrderly: false),
    Case(
      testDescription: "a client that has answered the ping", hasOpened: false, pings: true, sent: 500,
      received: 400, isOrderly: true),
    Case(testDescription: "in flight", unacknowledged: 1, sent: 500, received: 400, isOrderly: false),
    Case(testDescription: "not sent", notSent: 9, sent: 500, received: 400, isOrderly: false),
    Case(testDescription: "unread", unread: 7, sent: 500, received: 400, isOrderly: false),
    Case(testDescription: "both directions", state: .close, sent: 500, received: 400, isOrderly: true),
    Case(testDescription: "both directions, unread", state: .close, unread: 7, isOrderly: false),
    Case(
      testDescription: "both directions, a request without an answer", state: .close, sent: 400,
      received: 500, isOrderly: false),
    Case(
      testDescription: "both directions, a client that leaves", state: .close, hasOpened: false, sent: 400,
      received: 500, isOrderly: true),
  ]

  @Test(arguments: cases) func isAFINBetweenRequests(each: Case) throws {
    let socket = ScriptedSocket()
    socket.unread = each.unread
    var before = TCPInfo(state: .established)
    before.acknowledgedBeyondData = each.hasOpened ? 1 : 0
    var info = before
    info.state = each.state
    // Of both directions, our FIN is acknowledged too.
    if each.state.isOver { info.acknowledgedBeyondData += 1 }
    info.unacknowledged = each.unacknowledged
    info.notSent = each.notSent
    info.dataSegmentsSent = each.sent == nil ? 0 : 3
    info.dataSegmentsReceived = each.received == nil ? 0 : 2
    info.sinceDataSent = .milliseconds(each.sent ?? 9000)
    info.sinceDataReceived = .milliseconds(each.received ?? 9000)
    let end = ConnectionEnd(
      info, hasError: false, baseline: EndBaseline(before, at: .at(0)), of: ScriptedSocket.descriptor,
      by: socket, at: .at(100), pings: each.pings)
    #expect(try #require(end).cause == .peerClosed)
    #expect(end?.isOrderly == each.isOrderly)
  }

  @Test func noOtherEndIsInOrder() throws {
    let socket = ScriptedSocket()
    var info = TCPInfo(state: .close)
    info.segmentsReceived = 7
    let reset = try #require(socket.end(info, hasError: true))
    #expect(reset.cause == .peerReset && !reset.isOrderly)
  }
}
