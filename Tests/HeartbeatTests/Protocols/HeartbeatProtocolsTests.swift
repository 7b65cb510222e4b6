import FlatlineExplaining
import Testing

@testable import FlatlineHeartbeat

@Suite struct HeartbeatProtocolsTests {
  @Test func makesEveryNameItLists() throws {
    #expect(
      HeartbeatProtocols.builtIn.names == [
        "redis", "mqtt", "postgresql", "websocket", "http", "echo", "framed",
      ])
    for name in HeartbeatProtocols.builtIn.names {
      let made = try #require(HeartbeatProtocols.builtIn.make(name, target: HeartbeatTarget()))
      #expect(type(of: made).name == name)
      #expect((made as? any BoundedConversation)?.heldBytes == 0)
    }
    #expect(HeartbeatProtocols.builtIn.make("Redis", target: HeartbeatTarget()) == nil)
  }

  @Test func eachHasALeastIntervalWithItsSource() {
    let protocols = HeartbeatProtocols.builtIn
    for name in protocols.names {
      let least = protocols.leastInterval(of: name)
      #expect(!least.rule.isEmpty && least.rule != "unknown", "\(name)")
    }
    #expect(protocols.leastInterval(of: "http").interval == .milliseconds(3600))
    #expect(protocols.leastInterval(of: "http") == HTTPHeartbeat.leastInterval)
  }

  @Test func nothingReceivedMeansNothing() throws {
    for name in HeartbeatProtocols.builtIn.names {
      var made = try #require(HeartbeatProtocols.builtIn.make(name, target: HeartbeatTarget()))
      let reception = try made.consume([])
      #expect(reception.pongs == 0 && reception.reply.isEmpty)
      #expect(reception.isReady == (made.ping() != nil), "\(name)")
    }
  }

  @Test func aTargetNeverShowsItsPassword() {
    let target = HeartbeatTarget(host: "::1", port: 5432, password: "secret")
    #expect("\(target)" == "[::1]:5432/")
    #expect(!String(reflecting: target).contains("secret"))
  }
}
