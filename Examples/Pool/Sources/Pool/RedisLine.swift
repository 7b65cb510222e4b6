import Flatline

/// A connection to Redis, or to anything else that speaks RESP.
public final class RedisLine: PoolLine {
  private let stream: BlockingStream

  /// Connects to a port of 127.0.0.1.
  public init(port: UInt16) throws { stream = try BlockingStream(port: port) }

  public var socket: CInt { stream.descriptor }

  /// One command, as an inline one; its answer, of one line.
  @discardableResult
  public func ask(_ command: String) throws -> String {
    try send(command)
    var answer: [UInt8] = []
    while answer.suffix(2) != [13, 10] {
      let bytes = try stream.receive()
      guard !bytes.isEmpty else { throw LineError(answer: "the end of the stream") }
      answer += bytes
    }
    return String(decoding: answer.dropLast(2), as: UTF8.self)
  }

  /// Sends a command and leaves the answer unread: a mistake that a pool should survive.
  public func send(_ command: String) throws { try stream.send(Array("\(command)\r\n".utf8)) }

  public func ping() throws {
    let answer = try ask("PING")
    guard answer == "+PONG" else { throw LineError(answer: answer) }
  }

  public func close() { stream.close() }

  public func makePinger() -> any Pinger { ProtocolPinger(RedisHeartbeat(), on: socket) }
}
