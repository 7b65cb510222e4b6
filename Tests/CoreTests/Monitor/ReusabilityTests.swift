import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// The question of a pool at checkout, asked of real sockets.
struct ReusabilityTests {
  @Test(arguments: Reusability.Reason.allCases)
  func eachReasonIsFound(_ reason: Reusability.Reason) throws {
    let socket = try UselessSocket(reason)
    #expect(eventually { Flatline.isReusable(socket.descriptor) == .unusable(reason) })
    // It stays so.
    #expect(Flatline.isReusable(socket.descriptor).reason == reason)
    #expect(!Flatline.isReusable(socket.descriptor).isReusable)
  }

  @Test(arguments: [(Reusability.Reason.reset, ECONNRESET), (.timedOut, ETIMEDOUT)])
  func thePendingErrorStays(_ reason: Reusability.Reason, _ error: CInt) throws {
    let socket = try UselessSocket(reason)
    #expect(eventually { Flatline.isReusable(socket.descriptor).reason == reason })
    for _ in 0..<100 { _ = Flatline.isReusable(socket.descriptor) }
    #expect(socket.takeError() == error)
  }

  @Test func theBytesStay() throws {
    let socket = try UselessSocket(.unread)
    #expect(eventually { Flatline.isReusable(socket.descriptor).reason == .unread })
    #expect(socket.takeBytes() == "-ERR max number of clients reached\r\n")
    #expect(Flatline.isReusable(socket.descriptor) == .reusable)
  }

  @Test func aConnectionIsReusableBeforeAndAfterARequest() throws {
    let pair = try TCPPair.loopback(server: .echoes)
    #expect(Flatline.isReusable(pair.client) == .reusable)
    for _ in 0..<20 {
      try pair.clientSends("PING\r\n")
      var buffer = [UInt8](repeating: 0, count: 64)
      var count = 0
      #expect(
        eventually {
          count += max(0, recv(pair.client, &buffer, 64, CInt(MSG_DONTWAIT)))
          return count == 6
        })
      #expect(Flatline.isReusable(pair.client) == .reusable)
    }
  }

  /// A byte that is on its way is no silence.
  @Test func dataInFlightIsNoReasonByItself() throws {
    let pair = try TCPPair.loopback(server: .silent)
    for _ in 0..<200 {
      try pair.clientSends("x")
      #expect(Flatline.isReusable(pair.client) == .reusable)
    }
  }

  @Test func aSocketThatTalksToItselfIsFoundAlsoAfterwards() throws {
    let socket = try UselessSocket(.connectedToItself)
    for _ in 0..<3 {
      #expect(send(socket.descriptor, "PING\r\n", 6, CInt(MSG_NOSIGNAL)) == 6)
      #expect(eventually { Flatline.isReusable(socket.descriptor).reason == .connectedToItself })
      // The bytes come to the socket's own receive queue when the kernel gets to them.
      var taken = ""
      #expect(
        eventually {
          taken += socket.takeBytes()
          return taken == "PING\r\n"
        })
      #expect(Flatline.isReusable(socket.descriptor).reason == .connectedToItself)
    }
  }

  @Test func ourOwnEndIsHalfClosedToo() throws {
    let pair = try TCPPair.loopback(server: .silent)
    shutdown(pair.client, CInt(SHUT_WR))
    #expect(Flatline.isReusable(pair.client) == .unusable(.halfClosed))
  }

  @Test func otherDescriptorsAreNoTCPSockets() throws {
    var ends: [CInt] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let unix = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(unix) }
    for descriptor in ends + [unix] { #expect(Flatline.isReusable(descriptor).reason == .notTCP) }
    #expect(Flatline.isReusable(-1).reason == .notOpen)
  }

  @Test func reasonsReadAsWords() {
    #expect("\(Reusability.reusable)" == "reusable")
    #expect("\(Reusability.unusable(.halfClosed))" == "half-closed")
    #expect(Set(Reusability.Reason.allCases.map(\.description)).count == Reusability.Reason.allCases.count)
  }
}
