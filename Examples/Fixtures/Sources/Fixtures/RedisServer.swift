import Foundation

/// A real `redis-server` on 127.0.0.1 with a directory and a port of its own, to be killed, frozen and started
/// again. It keeps every write (`appendfsync always`), and nothing of it outlives this value or this process.
public final class RedisServer {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let port: UInt16
  private let directory: URL
  private var process: GuardedProcess?

  /// Starts it, and waits until it answers.
  public init() throws {
    port = try LoopbackSocket.freePort()
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("redis-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try start()
  }

  deinit {
    process = nil
    try? FileManager.default.removeItem(at: directory)
  }

  /// Starts it again on what it has written, and waits until it answers.
  public func start() throws {
    let options = [
      "--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory.path, "--logfile", "log",
      "--save", "", "--appendonly", "yes", "--appendfsync", "always",
    ]
    process = try GuardedProcess(["redis-server"] + options)
    for _ in 0..<500 {
      if answersPing() { return }
      usleep(20_000)
    }
    let log = try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)
    throw Failure(description: "redis-server did not answer on port \(port): \(log ?? "is it installed?")")
  }

  /// Its process id; -1 while it is not running.
  public var id: pid_t { process?.id ?? -1 }

  /// SIGKILL: its kernel closes its connections. Returns once it is gone.
  public func kill() { process = nil }

  /// SIGSTOP: its kernel answers for it, it does not.
  public func freeze() { process?.send(SIGSTOP) }

  /// SIGCONT.
  public func thaw() { process?.send(SIGCONT) }

  /// How many connections it has, as the kernel lists them (proc(5), /proc/net/tcp): the local address is the second
  /// word, the state the fourth, and 01 is ESTABLISHED.
  public func connections() throws -> Int {
    let suffix = ":" + String(format: "%04X", port)
    // `String(contentsOfFile:)` takes the first page of such a file for the whole.
    let table = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp")).readToEnd() ?? Data()
    return String(decoding: table, as: UTF8.self).split(separator: "\n").count { line in
      let words = line.split(separator: " ")
      return words.count > 3 && words[1].hasSuffix(suffix) && words[3] == "01"
    }
  }

  private func answersPing() -> Bool {
    guard let line = try? LoopbackSocket.connect(to: port) else { return false }
    defer { close(line) }
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard send(line, "PING\r\n", 6, CInt(MSG_NOSIGNAL)) == 6 else { return false }
    var reply = [UInt8](repeating: 0, count: 16)
    return recv(line, &reply, reply.count, 0) >= 5 && reply.starts(with: "+PONG".utf8)
  }
}
