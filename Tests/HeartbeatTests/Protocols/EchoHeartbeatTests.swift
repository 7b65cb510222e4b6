import Testing

@testable import FlatlineHeartbeat

@Suite struct EchoHeartbeatTests {
  private func conversation(pings: Int) -> EchoHeartbeat {
    var echo = EchoHeartbeat()
    for _ in 0..<pings { _ = echo.ping() }
    return echo
  }

  @Test func sendsNumberedLines() {
    var echo = EchoHeartbeat()
    #expect(echo.opening().isEmpty)
    #expect(echo.ping() == bytes("flatline 1\n"))
    #expect(echo.ping() == bytes("flatline 2\n"))
  }

  @Test func equalLinesArePongs() {
    let answers = bytes("welcome!\nflatline 1\nflatline 2\r\n\nflatline 3\nflatline 4")
    expect(answers, to: conversation(pings: 5), give: Outcome(pongs: 3, isReady: true))
  }

  @Test(arguments: [
    "flatline 1", "flatline 6\n", "flatline 0\n", "flatline 01\n", "flatline +1\n", "Flatline 1\n",
    "flatline \n",
    "flatline 18446744073709551617\n", " flatline 1\n", "flatline 1 \n",
  ])
  func otherLinesAreLifeOnly(_ text: String) {
    expect(bytes(text), to: conversation(pings: 5), give: Outcome(isReady: true))
  }

  @Test func noLineIsAnsweredTwice() {
    expect(
      bytes("flatline 1\nflatline 1\n"), to: conversation(pings: 5), give: Outcome(pongs: 1, isReady: true))
  }

  @Test func longLinesAreSkipped() {
    let long = String(repeating: "flatline 1", count: 30)
    expect(bytes(long + "\nflatline 1\n"), to: conversation(pings: 5), give: Outcome(pongs: 1, isReady: true))
  }

  @Test func survivesNoise() {
    expectUnharmed(conversation(pings: 3), by: bytes("flatline 1\nflatline 2\n"), holding: 32, seed: 11)
  }
}
