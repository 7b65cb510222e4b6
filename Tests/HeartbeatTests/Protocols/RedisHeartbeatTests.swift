import Testing

@testable import FlatlineHeartbeat

@Suite struct RedisHeartbeatTests {
  private func conversation(pings: Int) -> RedisHeartbeat {
    var redis = RedisHeartbeat()
    for _ in 0..<pings { _ = redis.ping() }
    return redis
  }

  @Test func asksWithAnArrayAndNeedsNoOpening() {
    var redis = RedisHeartbeat()
    #expect(redis.opening().isEmpty)
    #expect(redis.ping() == bytes("*1\r\n$4\r\nPING\r\n"))
  }

  @Test func everyReplyIsAPongAndErrorsAreReplies() {
    let answers = bytes("+PONG\r\n-NOAUTH Authentication required.\r\n-LOADING busy\r\n$4\r\nPONG\r\n")
    expect(answers, to: conversation(pings: 9), give: Outcome(pongs: 4, isReady: true))
  }

  @Test(arguments: [
    ":-42\r\n", "$-1\r\n", "$0\r\n\r\n", "*-1\r\n", "*0\r\n", "_\r\n", "#t\r\n", ",3.25\r\n", ",inf\r\n",
    "(3492890328409238509324850943850943825024385\r\n", "!5\r\nERR x\r\n", "=8\r\ntxt:some\r\n",
    "*3\r\n:1\r\n*2\r\n+a\r\n$2\r\nhi\r\n_\r\n", "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n#f\r\n", "~2\r\n+x\r\n+y\r\n",
    "|1\r\n+ttl\r\n:60\r\n+PONG\r\n", "*2\r\n|1\r\n+k\r\n+v\r\n:1\r\n:2\r\n", "$7\r\n\r\n+PONG\r\n",
    "|0\r\n+OK\r\n",
  ])
  func eachTypeIsOneReply(_ reply: String) {
    expect(bytes(reply), to: conversation(pings: 9), give: Outcome(pongs: 1, isReady: true))
  }

  @Test func pushMessagesAreLifeButNoPongs() {
    let push = ">3\r\n+message\r\n$2\r\nch\r\n*1\r\n+x\r\n"
    expect(bytes(push), to: conversation(pings: 2), give: Outcome(pongs: 0, isReady: true))
    expect(
      bytes(push + "+PONG\r\n" + push), to: conversation(pings: 2), give: Outcome(pongs: 1, isReady: true))
  }

  @Test func repliesNobodyAskedForAreNoPongs() {
    expect(bytes("+PONG\r\n+PONG\r\n"), to: conversation(pings: 1), give: Outcome(pongs: 1, isReady: true))
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\n", "\r\n", "$99999999999999999999\r\n", "$536870913\r\n", "$-2\r\n",
    "*18446744073709551615\r\n", "%9999999999\r\n", ":12a\r\n", ":\r\n", "#x\r\n", "_x\r\n", "$3\r\nabcd\r\n",
    "*2\r\n+a\r\n>1\r\n+x\r\n",
  ])
  func refusesWhatIsNotRedis(_ text: String) {
    #expect(refusal(of: conversation(pings: 1), after: bytes(text)) != nil)
  }

  @Test func depthAndLineLengthHaveLimits() {
    let nested = String(repeating: "*1\r\n", count: RESPParser.depthLimit)
    expect(bytes(nested + "+x\r\n"), to: conversation(pings: 1), give: Outcome(pongs: 1, isReady: true))
    #expect(refusal(of: conversation(pings: 1), after: bytes(nested + "*1\r\n")) != nil)
    let long = "+" + String(repeating: "x", count: 100_000)
    #expect(refusal(of: conversation(pings: 1), after: bytes(long)) != nil)
  }

  @Test func survivesNoise() {
    expectUnharmed(
      conversation(pings: 3), by: bytes("*2\r\n$4\r\nPONG\r\n%1\r\n+a\r\n:1\r\n"), holding: 8192, seed: 1)
  }

  @Test func skipsBigStringsWithoutKeepingThem() throws {
    var redis = conversation(pings: 1)
    _ = try redis.consume(bytes("$268435456\r\n")[...])
    let block = [UInt8](repeating: 0x24, count: 1 << 20)
    for _ in 0..<256 {
      #expect(try redis.consume(block[...]).pongs == 0)
      #expect(redis.heldBytes == 0)
    }
    #expect(try redis.consume(bytes("\r\n")[...]).pongs == 1)
  }
}
