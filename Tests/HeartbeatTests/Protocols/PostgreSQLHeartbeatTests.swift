import Testing

@testable import FlatlineHeartbeat

@Suite struct PostgreSQLHeartbeatTests {
  private func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    bytes(String(type)) + WireBytes.bigEndian(UInt32(body.count + 4)) + body
  }

  private var authenticated: [UInt8] { message("R", [0, 0, 0, 0]) }
  private var ready: [UInt8] { message("Z", bytes("I")) }
  private var login: [UInt8] {
    authenticated + message("S", bytes("server_version\u{0}17.2\u{0}"))
      + message("N", bytes("SNOTICE\u{0}\u{0}"))
      + message("K", [0, 0, 0, 1, 0, 0, 0, 2]) + ready
  }
  private func failure(_ fields: String...) -> [UInt8] {
    message("E", bytes(fields.map { $0 + "\u{0}" }.joined() + "\u{0}"))
  }

  private func fresh(password: String? = nil) -> PostgreSQLHeartbeat {
    PostgreSQLHeartbeat(target: HeartbeatTarget(user: "u", password: password, database: "d"))
  }

  private func connected(pings: Int) throws -> PostgreSQLHeartbeat {
    var postgres = fresh()
    #expect(postgres.ping() == nil)
    #expect(try postgres.consume(login[...]).isReady)
    for _ in 0..<pings { #expect(postgres.ping() == [0x51, 0, 0, 0, 5, 0]) }
    return postgres
  }

  @Test func opensWithAStartupMessage() {
    var postgres = fresh()
    let parameters = bytes("user\u{0}u\u{0}database\u{0}d\u{0}application_name\u{0}flatline\u{0}\u{0}")
    #expect(postgres.opening() == [0, 0, 0, 53, 0, 3, 0, 0] + parameters)
    var plain = PostgreSQLHeartbeat(target: HeartbeatTarget(user: "a\u{0}b"))
    #expect(
      plain.opening().dropFirst(8).elementsEqual(
        bytes("user\u{0}ab\u{0}application_name\u{0}flatline\u{0}\u{0}")))
  }

  /// Answered before any login: by one byte.
  @Test func asksBySSLRequestWithoutAUserAndAPassword() throws {
    var unknown = PostgreSQLHeartbeat(target: HeartbeatTarget())
    #expect(unknown.opening() == [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F])
    #expect(unknown.ping() == nil)
    var startup = PostgreSQLHeartbeat(target: HeartbeatTarget(user: "postgres"))
    expect(
      bytes("N") + login, to: unknown, give: Outcome(reply: startup.opening(), isReady: true))
    // A password in the environment is one that is known.
    var known = PostgreSQLHeartbeat(target: HeartbeatTarget(password: "pw"))
    #expect(known.opening() == startup.opening())
  }

  @Test func whatFollowsSSLRequestIsAnAnswerAndItsReason() {
    let unknown = PostgreSQLHeartbeat(target: HeartbeatTarget())
    #expect(refusal(of: unknown, after: bytes("S"))?.contains("goes on in TLS") == true)
    let sasl = message("R", [0, 0, 0, 10] + bytes("SCRAM-SHA-256\u{0}\u{0}"))
    #expect(refusal(of: unknown, after: bytes("N") + sasl)?.contains("SCRAM-SHA-256") == true)
    let full = failure("SFATAL", "C53300", "Msorry, too many clients already")
    #expect(refusal(of: unknown, after: full)?.contains("too many clients") == true)
  }

  @Test func loginInAnyPieces() {
    expect(login, to: fresh(), give: Outcome(isReady: true))
    expect(authenticated, to: fresh(), give: Outcome())
  }

  @Test func sendsAPasswordInClearTextWhenAsked() {
    let request = message("R", [0, 0, 0, 3])
    expect(
      request + login, to: fresh(password: "pw"),
      give: Outcome(reply: [0x70, 0, 0, 0, 7] + bytes("pw\u{0}"), isReady: true))
    #expect(refusal(of: fresh(), after: request)?.contains("requires a password") == true)
  }

  @Test func namesTheAuthenticationItCannotDo() {
    let salted = message("R", [0, 0, 0, 5, 1, 2, 3, 4])
    #expect(refusal(of: fresh(password: "pw"), after: salted)?.contains("MD5") == true)
    let sasl = message("R", [0, 0, 0, 10] + bytes("SCRAM-SHA-256-PLUS\u{0}SCRAM-SHA-256\u{0}\u{0}"))
    let text = refusal(of: fresh(), after: sasl)
    #expect(text?.contains("SASL (SCRAM-SHA-256-PLUS, SCRAM-SHA-256)") == true)
    #expect(refusal(of: fresh(), after: message("R", [0, 0, 0, 99]))?.contains("99") == true)
    #expect(refusal(of: fresh(), after: message("R", [0])) != nil)
  }

  @Test func aRefusedLoginSaysWhy() {
    let error = failure("SFATAL", "VFATAL", "C57P03", "Mthe database system is\nstarting up", "Fx.c")
    let text = refusal(of: fresh(), after: authenticated + error)
    #expect(text == "FATAL 57P03: the database system is?starting up")
    #expect(refusal(of: fresh(), after: failure()) == "no message")
  }

  @Test func aReadyForQueryIsAPong() throws {
    let answer = message("I", []) + ready
    let notice =
      message("N", bytes("SNOTICE\u{0}\u{0}")) + message("A", [0, 0, 0, 1] + bytes("ch\u{0}\u{0}"))
    let error = failure("SERROR", "C57014", "Mcanceled")
    let answers = answer + notice + error + ready + message("S", bytes("a\u{0}b\u{0}")) + answer
    expect(answers, to: try connected(pings: 5), give: Outcome(pongs: 3, isReady: true))
    expect(message("I", []), to: try connected(pings: 5), give: Outcome(isReady: true))
    expect(answer + answer, to: try connected(pings: 1), give: Outcome(pongs: 1, isReady: true))
  }

  @Test func refusesWhatIsNotPostgreSQL() throws {
    #expect(refusal(of: fresh(), after: bytes("HTTP/1.1 400 Bad Request\r\n")) != nil)
    #expect(refusal(of: fresh(), after: bytes("SSH-2.0-OpenSSH_9.9\r\n")) != nil)
    #expect(refusal(of: fresh(), after: bytes("R") + [0, 0, 0, 3]) != nil)
    #expect(refusal(of: fresh(), after: bytes("R") + [0xFF, 0xFF, 0xFF, 0xFF]) != nil)
    #expect(refusal(of: try connected(pings: 1), after: bytes("N") + [0x40, 0, 0, 1]) != nil)
    #expect(refusal(of: try connected(pings: 1), after: [0xFF, 0, 0, 0, 4]) != nil)
  }

  @Test func skipsBigBodiesWithoutKeepingThem() throws {
    var postgres = try connected(pings: 1)
    _ = try postgres.consume((bytes("D") + [0x40, 0, 0, 0])[...])
    let block = [UInt8](repeating: 0x5A, count: 1 << 22)
    for _ in 0..<255 {
      #expect(try postgres.consume(block[...]).pongs == 0)
      #expect(postgres.heldBytes <= 5)
    }
    _ = try postgres.consume(block.dropFirst(4))
    #expect(try postgres.consume(ready[...]).pongs == 1)
  }

  @Test func survivesNoise() throws {
    let limit = PostgreSQLMessages.bodyLimit + 8
    expectUnharmed(fresh(password: "pw"), by: login + message("I", []) + ready, holding: limit, seed: 4)
    expectUnharmed(try connected(pings: 3), by: message("I", []) + ready, holding: limit, seed: 5)
    let endless = message("E", [UInt8](repeating: 0x4D, count: 60_000))
    expectUnharmed(fresh(), by: endless, holding: limit, seed: 6)
  }
}
