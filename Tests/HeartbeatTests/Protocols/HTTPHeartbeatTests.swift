import Testing

@testable import FlatlineHeartbeat

@Suite struct HTTPHeartbeatTests {
  private func conversation(pings: Int) -> HTTPHeartbeat {
    var http = HTTPHeartbeat(target: HeartbeatTarget(host: "example.net", port: 8080))
    for _ in 0..<pings { _ = http.ping() }
    return http
  }

  private func request(host: String, port: UInt16, path: String = "/") -> [UInt8]? {
    var http = HTTPHeartbeat(target: HeartbeatTarget(host: host, port: port, path: path))
    #expect(http.opening().isEmpty)
    return http.ping()
  }

  @Test func asksWithOptions() {
    let expected = "OPTIONS / HTTP/1.1\r\nHost: example.net:8080\r\nUser-Agent: flatline\r\n\r\n"
    #expect(request(host: "example.net", port: 8080) == bytes(expected))
  }

  @Test(arguments: [
    ("fe80::1%eth0", 80, "*", "OPTIONS * HTTP/1.1\r\nHost: [fe80::1]\r\n"),
    ("::1", 81, "/a b", "OPTIONS /a%20b HTTP/1.1\r\nHost: [::1]:81\r\n"),
    ("h\r\nX: y", 80, "x\r\nEvil: 1", "OPTIONS /x%0D%0AEvil:%201 HTTP/1.1\r\nHost: [hX:y]\r\n"),
  ])
  func hostAndPathCannotBreakTheRequest(host: String, port: UInt16, path: String, start: String) throws {
    let sent = try #require(request(host: host, port: port, path: path))
    #expect(sent.starts(with: bytes(start)))
  }

  @Test func everyCompleteResponseIsAPong() {
    let answers =
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + "HTTP/1.1 204 No Content\r\nAllow: GET\r\n\r\n"
      + "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n" + "\r\n"
      + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      + "HTTP/1.1 405 Method Not Allowed\r\ncontent-length:0, 0\r\nContent-Length: 0\r\n\r\n"
      + "HTTP/1.1 500\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 3\r\n\r\n"
      + "5;name=\"x\"\r\nab\r\nc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
      + "HTTP/1.0 200 OK\nConnection: Keep-Alive\nContent-Length: 1\n\nx"
    expect(bytes(answers), to: conversation(pings: 9), give: Outcome(pongs: 6, isReady: true))
    expect(bytes(answers), to: conversation(pings: 2), give: Outcome(pongs: 2, isReady: true))
  }

  @Test func anUnfinishedResponseIsNoPong() {
    for text in [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    ] {
      expect(bytes(text), to: conversation(pings: 9), give: Outcome(isReady: true))
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nuntil the end",
    "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
  ])
  func aClosingServerIsAPongAndThenNoMore(_ answer: String) throws {
    expect(bytes(answer + "HTTP/1.1 junk"), to: conversation(pings: 9), give: Outcome(pongs: 1))
    var http = conversation(pings: 1)
    _ = try http.consume(bytes(answer)[...])
    #expect(http.ping() == nil)
  }

  @Test(arguments: [
    "+PONG\r\n", "HTTP/2 200\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 099 x\r\n", "HTTP/1.1 2000\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
  ])
  func refusesWhatIsNotHTTP(_ text: String) {
    #expect(refusal(of: conversation(pings: 1), after: bytes(text)) != nil)
  }

  @Test func headsAndTrailersHaveLimits() {
    let fields = String(repeating: "X-Field: 0123456789\r\n", count: 5000)
    #expect(refusal(of: conversation(pings: 1), after: bytes("HTTP/1.1 200 OK\r\n" + fields)) != nil)
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + fields
    #expect(refusal(of: conversation(pings: 1), after: bytes(chunked)) != nil)
    let endless = [UInt8](repeating: 0x41, count: 100_000)
    #expect(refusal(of: conversation(pings: 1), after: endless) != nil)
  }

  @Test func skipsBodiesOfAnyLengthWithoutKeepingThem() throws {
    var http = conversation(pings: 1)
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"
    _ = try http.consume(bytes(head)[...])
    let block = bytes(String(repeating: "HTTP/1.1 200 OK\r\n\r\n", count: 10_000))
    for _ in 0..<50 {
      #expect(try http.consume(block[...]) == Reception(isReady: true))
      #expect(http.heldBytes == 0)
    }
  }

  @Test func survivesNoise() {
    let sample = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\nA: b\r\n\r\n"
    let limit = HTTPHeadParser.headLimit + HTTPHeadParser.lineLimit + 2
    expectUnharmed(conversation(pings: 3), by: bytes(sample), holding: limit, seed: 7)
    let plain = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc"
    expectUnharmed(conversation(pings: 3), by: bytes(plain), holding: limit, seed: 8)
  }
}
