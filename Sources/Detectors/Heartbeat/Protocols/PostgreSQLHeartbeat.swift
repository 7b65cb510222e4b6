/// An empty query of PostgreSQL's protocol 3.0 (PostgreSQL documentation, "Frontend/Backend Protocol").
///
/// Logs in without a password or with one in clear text. A ReadyForQuery after the login is a pong, whether
/// the query succeeded or not. A refused login is an error.
public struct PostgreSQLHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "postgresql" }

  private let startup: [UInt8]
  private let password: String?
  private var messages = PostgreSQLMessages()
  private var isReady = false
  private var ledger = PingLedger()
  private var failure: HeartbeatProtocolError?

  /// For this peer: user, password and database are used.
  public init(target: HeartbeatTarget) {
    startup = Self.startupMessage(target)
    password = target.password
  }

  var heldBytes: Int { messages.heldBytes }

  public mutating func opening() -> [UInt8] { startup }

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
