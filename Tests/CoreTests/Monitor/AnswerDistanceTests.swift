import FlatlineTestKit
import FlatlineTestSupport
import Testing

@testable import FlatlineCore

/// A round trip that is too short for the peer's address: something nearer answers.
struct AnswerDistanceTests {
  private func endpoints(_ local: String, _ remote: String) throws -> SocketEndpoints {
    SocketEndpoints(
      local: IPEndpoint(try #require(IPAddress(local)), port: 40_000),
      remote: IPEndpoint(try #require(IPAddress(remote)), port: 443))
  }

  private func info(_ microseconds: Int) -> TCPInfo {
    var info = TCPInfo.connected
    info.shortestRoundTripTime = .microseconds(microseconds)
    return info
  }

  @Test(
    arguments: [
      ("192.168.1.5", "93.184.216.34", 40, 4), ("192.168.1.5", "93.184.216.34", 93, 10),
      ("10.0.0.1", "8.8.8.8", 499, 50), ("10.0.0.1", "8.8.8.8", 500, nil), ("10.0.0.1", "8.8.8.8", 0, nil),
      ("2001:db8::1", "2606:4700::1111", 30, 3), ("2001:db8::1", "64:ff9b::5db8:d822", 30, 3),
      // An address of this machine, of its link, of its network.
      ("93.184.216.34", "93.184.216.34", 20, nil), ("127.0.0.1", "127.0.0.1", 20, nil),
      ("10.0.0.1", "10.9.0.1", 20, nil), ("10.0.0.1", "172.31.0.1", 20, nil),
      ("10.0.0.1", "192.168.0.1", 20, nil), ("10.0.0.1", "100.100.0.1", 20, nil),
      ("10.0.0.1", "169.254.169.254", 20, nil), ("10.0.0.1", "172.32.0.1", 20, 2),
      ("fe80::1", "fe80::2", 20, nil), ("fd00::1", "fd00::2", 20, nil), ("::1", "::1", 20, nil),
    ] as [(String, String, Int, Int?)])
  func isTheWayOfLight(local: String, remote: String, microseconds: Int, kilometres: Int?) throws {
    let ends = try endpoints(local, remote)
    #expect(
      AnswerDistance.fact(info(microseconds)) { ends }
        == kilometres.map { .count("answered_within_km", $0) })
  }

  /// It stands in the evidence of an accusation, and looks that accuse nobody ask for no address.
  @Test func isReadWhenSomethingIsSaid() throws {
    let strings = PuppetStrings()
    let stage = try VirtualStage(strings)
    let socket = try #require(stage.sockets.open[1])
    socket.info = info(40)
    socket.endpoints = try endpoints("192.168.1.5", "93.184.216.34")
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet, onEvent: log.take)
    let asked = socket.calls.count { $0 == .endpoints }
    stage.run(.milliseconds(100))
    strings.lean(.alive)
    stage.run(.milliseconds(100))
    #expect(strings.looks.count > 30)
    let askedAgain = socket.calls.count { $0 == .endpoints }
    #expect(askedAgain == asked)
    strings.lean(.dead, cause: .pathSilent)
    stage.run(.milliseconds(20))
    let evidence = try #require(log.changes.last?.decidedBy.first?.evidence)
    #expect(evidence.facts.contains(.count("answered_within_km", 4)))
  }
}
