public import FlatlineExplaining

/// `OPTIONS` of HTTP/1.1 on a kept connection (RFC 9110, RFC 9112).
///
/// Each complete response is a pong, whatever its status. A response that announces the end of the connection
/// (`Connection: close`, HTTP/1.0, a body that ends with the connection) is still a pong. After it ``ping()`` is `nil`,
/// ``Reception/isReady`` is false, and later bytes are ignored. The next ping needs a new connection.
public struct HTTPHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "http" }

  /// nginx keeps a connection for 1000 requests (`keepalive_requests`) and for one hour (`keepalive_time`): pings that are
  /// further apart than 3.6 s use it no sooner up.
  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .milliseconds(3600), pingsPerConnection: 1000,
      consequence: "nginx with its defaults closes after 1000 requests",
      rule: "ngx_http_core_module, keepalive_requests, keepalive_time; nginx 1.19.10 and later, before 100")
  }

  private enum State {
    case head
    case body(HTTPBody)
    case over
  }

  private let request: [UInt8]
  private var parser = HTTPHeadParser(protocolName: name)
  private var state = State.head
  private var isClosing = false
  private var ledger = PingLedger()
  private var failure: HeartbeatProtocolError?

  /// For this peer: host and path are used.
  public init(target: HeartbeatTarget) {
    request = Array(
      """
      OPTIONS \(target.requestTarget) HTTP/1.1\r
      Host: \(target.authority(defaultPort: 80))\r
      User-Agent: flatline\r
      \r

      """.utf8)
  }

  var heldBytes: Int {
    if case .body(let body) = state { body.heldBytes } else { parser.heldBytes }
  }

  public mutating func opening() -> [UInt8] { [] }

  public mutating func ping() -> [UInt8]? {
    guard !isClosing, failure == nil else { return nil }
    _ = ledger.next()
    return request
  }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    if let failure { throw failure }
    var reception = Reception()
    do throws(HeartbeatProtocolError) {
      reception.pongs = try parse(bytes)
    } catch {
      failure = error
      throw error
    }
    reception.isReady = !isClosing
    return reception
  }

  private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Int {
    var rest = bytes
    var pongs = 0
    while !rest.isEmpty {
      switch state {
      case .head:
        guard let head = try parser.next(from: &rest) else { return pongs }
        pongs += try begin(head)
      case .body(var body):
        let isOver = try body.take(from: &rest)
        state = .body(body)
        if isOver { pongs += finish() }
      case .over:
        return pongs
      }
    }
    return pongs
  }

  private mutating func begin(_ head: HTTPHead) throws(HeartbeatProtocolError) -> Int {
    guard head.status != 101 else {
      throw HeartbeatProtocolError(protocolName: Self.name, reason: "an upgrade (101) nobody asked for")
    }
    // An interim response precedes the one that counts.
    if head.status < 200 { return 0 }
    var body = try HTTPBody(of: head)
    let isKept = head.minorVersion > 0 || head.has("keep-alive", in: "connection")
    if body.endsWithConnection || head.has("close", in: "connection") || !isKept { isClosing = true }
    var nothing: ArraySlice<UInt8> = []
    let isOver = try body.take(from: &nothing)
    state = .body(body)
    // The answer has arrived; only its end is not visible.
    return isOver || body.endsWithConnection ? finish() : 0
  }

  private mutating func finish() -> Int {
    state = isClosing ? .over : .head
    return ledger.answerOldest()
  }
}
