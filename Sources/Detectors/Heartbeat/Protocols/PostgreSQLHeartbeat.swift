public import FlatlineExplaining

/// An empty query of PostgreSQL's protocol 3.0 (PostgreSQL documentation, "Frontend/Backend Protocol").
///
/// With a user or a password it logs in, without a password or with one in clear text. A ReadyForQuery after the login is
/// a pong, whether the query succeeded or not.
///
/// With neither, it first sends SSLRequest, which every server answers by one byte before any login: the ping of a server
/// whose password is not known (SCRAM, `hostssl`). After N it logs in as "postgres", which a server that trusts this host
/// allows. After S the server speaks TLS only.
///
/// Whatever the server answers is life, a refusal too. A refused login, or one that needs more than a password in clear
/// text, is an error: the stream can be pinged no more. A PostgreSQL server ends it after `authentication_timeout` (a
/// minute).
public struct PostgreSQLHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "postgresql" }

  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "a server answers each empty query, and logs it if log_statement is all",
      rule: "PostgreSQL documentation, Frontend/Backend Protocol, EmptyQueryResponse")
  }

  /// SSLRequest ("SSL Session Encryption"): its length, and the code 1234 5679.
  private static let encryptionRequest: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]

  private let startup: [UInt8]
  /// SSLRequest is not answered yet.
  private var isNegotiating: Bool
  private let password: String?
  private var messages = PostgreSQLMessages()
  private var isReady = false
  private var ledger = PingLedger()
  private var failure: HeartbeatProtocolError?

  /// For this peer: user, password and database are used.
  public init(target: HeartbeatTarget) {
    startup = Self.startupMessage(target)
    password = target.password
    isNegotiating = target.user.isEmpty && target.password == nil
  }

  var heldBytes: Int { messages.heldBytes }

  public mutating func opening() -> [UInt8] { isNegotiating ? Self.encryptionRequest : startup }

  public mutating func ping() -> [UInt8]? {
    guard isReady, failure == nil else { return nil }
    _ = ledger.next()
    return Self.message("Q", text: "")
  }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    if let failure { throw failure }
    var rest = bytes
    var reception = Reception()
    do throws(HeartbeatProtocolError) {
      if isNegotiating { reception.reply += try negotiate(&rest) }
      while let message = try messages.next(from: &rest, isLogin: !isReady) {
        if isReady {
          if message.type == Self.readyForQuery { reception.pongs += ledger.answerOldest() }
        } else {
          reception.reply += try login(message)
        }
      }
    } catch {
      failure = error
      throw error
    }
    reception.isReady = isReady
    return reception
  }

  /// Takes the answer to SSLRequest: S, N, or an error of a server that does not know it.
  private mutating func negotiate(
    _ bytes: inout ArraySlice<UInt8>
  ) throws(HeartbeatProtocolError) -> [UInt8] {
    guard let answer = bytes.first else { return [] }
    isNegotiating = false
    switch answer {
    case UInt8(ascii: "N"):
      bytes.removeFirst()
      return startup
    case UInt8(ascii: "S"):
      throw Self.error(
        "the server answers and goes on in TLS. \(TLSBytes.advice), or give a user to log in without TLS")
    default: return []
    }
  }

  private static let readyForQuery = UInt8(ascii: "Z")

  private mutating func login(_ message: PostgreSQLMessage) throws(HeartbeatProtocolError) -> [UInt8] {
    switch message.type {
    case Self.readyForQuery: isReady = true
    case UInt8(ascii: "E"): throw Self.error(message.errorText)
    case UInt8(ascii: "R"): return try authenticate(message.body)
    default: break
    }
    return []
  }

  private func authenticate(_ body: [UInt8]) throws(HeartbeatProtocolError) -> [UInt8] {
    guard body.count >= 4 else {
      throw Self.error("an authentication request of \(body.count) bytes: not a PostgreSQL server?")
    }
    let method: String
    switch WireBytes.number(body.prefix(4)) {
    case 0: return []
    case 3:
      guard let password else {
        throw Self.error("the server requires a password for this user, and the target has none")
      }
      return Self.message("p", text: password)
    case 2: method = "Kerberos V5"
    case 5: method = "an MD5 password"
    case 7: method = "GSSAPI"
    case 9: method = "SSPI"
    case 10: method = "SASL (\(Self.mechanisms(body)))"
    case let code: method = "authentication method \(code)"
    }
    throw Self.error("the server requires \(method); a heartbeat can do \"trust\" and \"password\" only")
  }

  /// The names of an AuthenticationSASL message, e.g. "SCRAM-SHA-256".
  private static func mechanisms(_ body: [UInt8]) -> String {
    let names = body.dropFirst(4).split(separator: 0).prefix(4)
    return names.map { WireBytes.printable($0, limit: 40) }.joined(separator: ", ")
  }

  private static func startupMessage(_ target: HeartbeatTarget) -> [UInt8] {
    var parameters = [("user", target.user.isEmpty ? "postgres" : target.user)]
    if !target.database.isEmpty { parameters.append(("database", target.database)) }
    parameters.append(("application_name", "flatline"))
    let protocolVersion: UInt32 = 3 << 16
    var body = WireBytes.bigEndian(protocolVersion)
    for (name, value) in parameters { body += terminated(name) + terminated(value) }
    body.append(0)
    return WireBytes.bigEndian(UInt32(clamping: body.count + 4)) + body
  }

  private static func message(_ type: Unicode.Scalar, text: String) -> [UInt8] {
    let body = terminated(text)
    return [UInt8(ascii: type)] + WireBytes.bigEndian(UInt32(clamping: body.count + 4)) + body
  }

  /// A NUL inside would end the string early and make the rest a parameter of its own.
  private static func terminated(_ text: String) -> [UInt8] {
    text.utf8.filter { $0 != 0 } + [0]
  }

  static func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: name, reason: reason)
  }
}
