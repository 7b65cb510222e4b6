import Flatline

/// A connection to PostgreSQL, without a password (protocol 3.0; PostgreSQL documentation, "Frontend/Backend Protocol").
public final class PostgreSQLLine: PoolLine {
  private let stream: BlockingStream

  /// Connects to a port of 127.0.0.1, and waits until the server is ready for a query.
  public init(port: UInt16, user: String, database: String) throws {
    stream = try BlockingStream(port: port)
    do {
      let words: [UInt8] = Array("user\0\(user)\0database\0\(database)\0\0".utf8)
      // The length counts itself; 3.0 is 196608.
      try stream.send(Self.number(words.count + 8) + Self.number(196_608) + words)
      _ = try answer()
    } catch {
      stream.close()
      throw error
    }
  }

  public var socket: CInt { stream.descriptor }

  /// One query; the first column of its first row, empty without one.
  @discardableResult
  public func ask(_ query: String) throws -> String {
    let text = Array(query.utf8) + [0]
    try stream.send([UInt8(ascii: "Q")] + Self.number(text.count + 4) + text)
    return try answer()
  }

  public func ping() throws { try ask("SELECT 1") }

  public func close() { stream.close() }

  /// It takes a stream over from its first byte. The sentinel has said its first already, so that the pings are queries.
  public func makePinger() -> any Pinger { QueryPinger(self) }

  /// Reads until the server is ready for the next query (ReadyForQuery), and leaves nothing unread.
  private func answer() throws -> String {
    var bytes: [UInt8] = []
    var column = ""
    while true {
      while let (kind, body) = Self.takeMessage(&bytes) {
        switch kind {
        case UInt8(ascii: "E"): throw LineError(answer: String(decoding: body, as: UTF8.self))
        // AuthenticationOk is a zero; any other asks for a password.
        case UInt8(ascii: "R") where body.contains { $0 != 0 }:
          throw LineError(answer: "a password is asked for")
        // DataRow: the number of columns, then the length of the first and its bytes.
        case UInt8(ascii: "D"): column = String(decoding: body.dropFirst(6), as: UTF8.self)
        case UInt8(ascii: "Z"): return column
        default: break
        }
      }
      let more = try stream.receive()
      guard !more.isEmpty else { throw LineError(answer: "the end of the stream") }
      bytes += more
    }
  }

  /// Takes one whole message: its type and its body.
  private static func takeMessage(_ bytes: inout [UInt8]) -> (UInt8, [UInt8])? {
    guard bytes.count >= 5 else { return nil }
    let length = bytes[1...4].reduce(0) { $0 << 8 | Int($1) }
    guard length >= 4, bytes.count > length else { return nil }
    defer { bytes.removeFirst(length + 1) }
    return (bytes[0], Array(bytes[5...length]))
  }

  private static func number(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: Int32(truncatingIfNeeded: value).bigEndian) { Array($0) }
  }

  /// Pings by an empty query (EmptyQueryResponse), and reads what comes.
  private struct QueryPinger: Pinger {
    let line: PostgreSQLLine

    init(_ line: PostgreSQLLine) { self.line = line }

    var readsStream: Bool { true }

    func sendPing() -> PingOutcome {
      let query: [UInt8] = [UInt8(ascii: "Q"), 0, 0, 0, 5, 0]
      return (try? StreamIO.send(query, to: line.socket)) == query.count ? .sent : .streamFull
    }

    func receive() -> StreamReception {
      var buffer = [UInt8](repeating: 0, count: 4096)
      return StreamReception(bytes: (try? StreamIO.receive(into: &buffer, from: line.socket)) ?? 0)
    }
  }
}
