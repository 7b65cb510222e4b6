import Flatline
import Glibc
import Synchronization

/// The connection is lost, or was not to be had.
struct ConnectionFailure: Error, CustomStringConvertible {
  let call: String
  let code: Int32

  var description: String { code == 0 ? "\(call): end of stream" : "\(call): \(Errno(rawValue: code))" }
}

/// The server says no.
struct RedisRefusal: Error, CustomStringConvertible {
  let description: String

  /// It will say something else soon: it is reading its files after a start.
  var passes: Bool { description.hasPrefix("LOADING") }
}

/// A plain blocking connection to Redis, used by one thread at a time; pings may come from another.
final class RedisConnection: Sendable {
  let descriptor: CInt
  /// Held while a command is written, so that a ping never falls into one.
  private let writing = Mutex(())
  private let replies: Mutex<RedisReplies>

  /// Connects to 127.0.0.1, within five seconds.
  init(port: UInt16) throws(ConnectionFailure) {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    replies = Mutex(RedisReplies(descriptor: descriptor))
    guard descriptor >= 0 else { throw ConnectionFailure(call: "socket", code: errno) }
    // Counts for connect too (socket(7)).
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw ConnectionFailure(call: "connect", code: errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The number of the last entry; 0 of none.
  func lastID(of stream: String) throws -> UInt64 {
    guard case .array(let entries) = try ask(["XREVRANGE", stream, "+", "-", "COUNT", "1"]),
      case .array(let entry)? = entries.first, case .text(let id)? = entry.first
    else { return 0 }
    return id.split(separator: "-").first.flatMap { UInt64($0) } ?? 0
  }

  /// Returns once the entry is stored, now or before: what was sent over a connection that broke may still have
  /// arrived.
  func append(_ message: String, id: UInt64, to stream: String) throws {
    do {
      _ = try ask(["XADD", stream, "\(id)-0", "message", message])
    } catch let refusal as RedisRefusal where refusal.description.contains("equal or smaller") {}
  }

  /// The last command's answer; those to pings are passed over.
  private func ask(_ words: [String]) throws -> RedisReply {
    let command = words.reduce("*\(words.count)\r\n") { $0 + "$\($1.utf8.count)\r\n\($1)\r\n" }
    try writing.withLock { _ throws(ConnectionFailure) in try write(Array(command.utf8)) }
    return try replies.withLock { replies in
      while true {
        switch try replies.next() {
        case .status("PONG"): continue
        case .error(let text): throw RedisRefusal(description: text)
        case let reply: return reply
        }
      }
    }
  }

  private func write(_ bytes: [UInt8]) throws(ConnectionFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ConnectionFailure(call: "send", code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Asks the server's program whether it lives, on the monitor's thread. Never waits.
  var pinger: AppPinger {
    AppPinger { [weak self] in self?.ping() ?? .never }
  }

  private func ping() -> PingOutcome {
    // A command is being written: a ping would fall into it.
    writing.withLockIfAvailable { _ in
      let ping = Array("PING\r\n".utf8)
      switch (try? StreamIO.send(ping, to: descriptor)) ?? 0 {
      case ping.count: return .sent
      case 0: return .streamFull
      default:
        // Half a ping: nothing sensible can follow it.
        shutDown()
        return .never
      }
    } ?? .notNow
  }

  /// Makes reads and writes return on every thread. The descriptor stays open as long as this value.
  func shutDown() {
    shutdown(descriptor, CInt(SHUT_RDWR))
  }
}
