import Testing

@testable import FlatlineHeartbeat

@Suite struct FramedHeartbeatTests {
  private func conversation(pings: Int) -> FramedHeartbeat {
    var framed = FramedHeartbeat()
    for _ in 0..<pings { _ = framed.ping() }
    return framed
  }

  private func pong(_ number: UInt64) -> [UInt8] { HeartbeatFrame(kind: .pong, sequence: number).encoded() }

  @Test func sendsFrames() {
    var framed = FramedHeartbeat()
    #expect(framed.opening().isEmpty)
    #expect(framed.ping() == [0xC8, 0, 8, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xC9])
    #expect(pong(0x0102) == [0xC8, 0, 8, 2, 0, 0, 0, 0, 0, 0, 1, 2, 0xC9])
  }

  @Test func answersPingsAndCountsPongs() throws {
    let ping = try #require(HeartbeatFrame(kind: .ping, data: [0xC8, 0xC9, 7]))
    let reply = try #require(ping.answer).encoded()
    #expect(reply == [0xC8, 0, 3, 2, 0xC8, 0xC9, 7, 0xC9])
    let answers = pong(1) + ping.encoded() + pong(2) + pong(2) + pong(77) + pong(4)
    expect(answers, to: conversation(pings: 5), give: Outcome(pongs: 4, reply: reply, isReady: true))
  }

  @Test func findsFramesBehindGarbage() {
    let garbage: [[UInt8]] = [
      [0xC8], [0xC8, 0xC8], [0xC8, 0, 2], [0xC8, 0, 1, 1], [0xC8, 0xFF, 0xFF, 1], [0xC9, 0, 0],
      [0xC8, 0, 8, 2, 1, 2, 3], [0xC8, 0, 65, 1], [0xC8, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0xC9],
    ]
    for noise in garbage {
      let filler = [UInt8](repeating: 0, count: HeartbeatFrame.maximumDataLength + 5)
      expect(noise + pong(1) + filler, to: conversation(pings: 1), give: Outcome(pongs: 1, isReady: true))
    }
  }

  @Test func garbageDelaysAFrameByNoMoreThanTheLongestOne() {
    let worst: [UInt8] = [0xC8, 0, UInt8(HeartbeatFrame.maximumDataLength), 1]
    let beats = (1...6).flatMap { pong($0) }
    #expect(feed(conversation(pings: 9), [(worst + beats)[...]]).pongs == 6)
  }

  @Test func decodesForServers() throws {
    #expect(HeartbeatFrame(kind: .ping, data: [UInt8](repeating: 0, count: 65)) == nil)
    #expect(HeartbeatFrame.decode([]) == .incomplete)
    #expect(HeartbeatFrame.decode([1, 2, 0xC8, 3]) == .garbage(length: 2))
    let frame = HeartbeatFrame(kind: .ping, sequence: .max)
    #expect(HeartbeatFrame.decode(frame.encoded()[...]) == .frame(frame, length: 13))
    #expect(frame.sequence == .max)
    #expect(frame.answer?.answer == nil)
    #expect(
      HeartbeatFrame.decode([0xC8, 0, 0, 2, 0xC9])
        == .frame(try #require(HeartbeatFrame(kind: .pong, data: [])), length: 5))
  }

  @Test func survivesNoise() {
    let limit = HeartbeatFrame.maximumDataLength + HeartbeatFrame.overhead
    expectUnharmed(conversation(pings: 3), by: pong(1) + pong(2), holding: limit, seed: 12)
    let markers = [UInt8](repeating: 0xC8, count: 5000)
    expectUnharmed(conversation(pings: 3), by: markers, holding: limit, seed: 13)
  }
}
