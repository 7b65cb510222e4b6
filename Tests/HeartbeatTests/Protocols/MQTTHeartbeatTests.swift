import Testing

@testable import FlatlineHeartbeat

@Suite struct MQTTHeartbeatTests {
  private func fresh(_ change: (inout HeartbeatTarget) -> Void = { _ in }) -> MQTTHeartbeat {
    var target = HeartbeatTarget(host: "broker", port: 1883, clientID: "fl")
    change(&target)
    return MQTTHeartbeat(target: target)
  }

  private func connected(pings: Int) throws -> MQTTHeartbeat {
    var mqtt = fresh()
    #expect(mqtt.ping() == nil)
    #expect(try mqtt.consume([0x20, 2, 0, 0]).isReady)
    for _ in 0..<pings { #expect(mqtt.ping() == [0xC0, 0]) }
    return mqtt
  }

  @Test func opensACleanSession() {
    var mqtt = fresh()
    #expect(mqtt.opening() == [0x10, 14, 0, 4] + bytes("MQTT") + [4, 0x02, 0, 0, 0, 2] + bytes("fl"))
  }

  @Test func sendsUserPasswordAndKeepAlive() {
    var mqtt = fresh {
      $0.user = "u"
      $0.password = "pw"
      $0.keepAlive = 300
    }
    let payload = [0, 2] + bytes("fl") + [0, 1] + bytes("u") + [0, 2] + bytes("pw")
    #expect(mqtt.opening() == [0x10, 21, 0, 4] + bytes("MQTT") + [4, 0xC2, 1, 44] + payload)
  }

  @Test func longStringsNeedMoreLengthBytes() {
    var mqtt = fresh { $0.clientID = String(repeating: "x", count: 200) }
    #expect(mqtt.opening().starts(with: [0x10, 0xD4, 0x01, 0, 4]))
    var huge = fresh { $0.clientID = String(repeating: "x", count: 100_000) }
    #expect(huge.opening().count == 65535 + 2 + 10 + 4)
  }

  @Test func namesItselfAtRandomWithinTheStandard() {
    var (one, two) = (fresh { $0.clientID = "" }, fresh { $0.clientID = "" })
    #expect(one.opening().count == 14 + 23)
    #expect(one.opening() != two.opening())
    #expect(one.opening() == one.opening())
  }

  @Test func handshakeInAnyPieces() {
    expect([0x20, 2, 0, 0], to: fresh(), give: Outcome(isReady: true))
    expect([0x20, 2, 0], to: fresh(), give: Outcome())
  }

  @Test(
    arguments: zip(1...6, ["protocol", "identifier", "unavailable", "password", "authorized", "reserves"]))
  func refusalsSayWhy(code: Int, word: String) {
    let text = refusal(of: fresh(), after: [0x20, 2, 0, UInt8(code)])
    #expect(text?.contains(word) == true)
    #expect(text?.contains("(\(code))") == true)
  }

  @Test func pongsAmongOtherPackets() throws {
    let publish: [UInt8] = [0x32, 0x87, 0x01] + [UInt8](repeating: 0xD0, count: 135)
    let qos2: [UInt8] = [0x34, 5, 0, 1, 0x61, 0, 9]
    let answers: [UInt8] = [0xD0, 0] + publish + qos2 + [0xD0, 0, 0x90, 0, 0x20, 2, 0, 0, 0xD0, 0]
    expect(answers, to: try connected(pings: 5), give: Outcome(pongs: 3, isReady: true))
    expect(answers, to: try connected(pings: 1), give: Outcome(pongs: 1, isReady: true))
  }

  @Test func refusesWhatIsNotMQTT() throws {
    #expect(refusal(of: fresh(), after: bytes("HTTP/1.1 400 Bad Request\r\n")) != nil)
    #expect(refusal(of: fresh(), after: [0xD0, 0]) != nil)
    #expect(refusal(of: fresh(), after: [0x20, 3]) != nil)
    #expect(refusal(of: try connected(pings: 1), after: [0xD0, 1]) != nil)
    #expect(refusal(of: try connected(pings: 1), after: [0x00]) != nil)
    #expect(refusal(of: try connected(pings: 1), after: [0xF0]) != nil)
    #expect(refusal(of: try connected(pings: 1), after: [0x30, 0x80, 0x80, 0x80, 0x80]) != nil)
  }

  @Test func skipsTheLongestPacketWithoutKeepingIt() throws {
    var mqtt = try connected(pings: 1)
    _ = try mqtt.consume([0x30, 0xFF, 0xFF, 0xFF, 0x7F])
    let block = [UInt8](repeating: 0xD0, count: 268_435_455 / 255)
    for _ in 0..<255 { #expect(try mqtt.consume(block[...]).pongs == 0) }
    _ = try mqtt.consume([UInt8](repeating: 0xD0, count: 268_435_455 - 255 * block.count)[...])
    #expect(try mqtt.consume([0xD0, 0]).pongs == 1)
  }

  @Test func survivesNoise() throws {
    let sample: [UInt8] = [0xD0, 0, 0x30, 4, 0, 1, 0x61, 0x62, 0xD0, 0]
    expectUnharmed(fresh(), by: [0x20, 2, 0, 0] + sample, holding: 4, seed: 2)
    expectUnharmed(try connected(pings: 3), by: sample, holding: 4, seed: 3)
  }
}
