import Foundation

/// A real `postgres` on 127.0.0.1 with a cluster and a port of its own: user and database `postgres`, no password.
/// Nothing of it outlives this value or this process.
public final class PostgreSQLServer {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let port: UInt16
  private let directory: URL
  private var process: GuardedProcess?

  /// Makes a cluster and starts it, and waits until it answers.
  public init() throws {
    port = try LoopbackSocket.freePort()
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("postgresql-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    process = try GuardedProcess(["sh", "-c", PostgreSQLServer.script, "postgres", directory.path, "\(port)"])
    for _ in 0..<1500 {
      if answers() { return }
      usleep(20_000)
    }
    let log = try? String(contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)
    throw Failure(description: "postgres did not answer on port \(port): \(log ?? "is it installed?")")
  }

  deinit {
    process = nil
    try? FileManager.default.removeItem(at: directory)
  }

  /// SIGKILL. Its processes for connections end with it.
  public func kill() { process = nil }

  /// PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes. Debian keeps the programs
  /// outside PATH.
  private static let script = """
    exec >"$1/log" 2>&1
    PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)"; export PATH LC_ALL=C
    start='initdb -D "$1/data" -A trust -U postgres --no-sync --encoding=UTF8 &&
      exec postgres -D "$1/data" -h 127.0.0.1 -p "$2" -k "$1" -c fsync=off -c max_connections=50'
    [ "$(id -u)" -ne 0 ] || { chown postgres "$1" && chmod 755 "$1"; }
    [ "$(id -u)" -ne 0 ] || exec setpriv --reuid=postgres --regid=postgres --clear-groups sh -c "$start" postgres "$1" "$2"
    exec sh -c "$start" postgres "$1" "$2"
    """

  /// Logs in (StartupMessage): `R`, and an error while the server still starts up.
  private func answers() -> Bool {
    guard let line = try? LoopbackSocket.connect(to: port) else { return false }
    defer { close(line) }
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let user = Array("user\0postgres\0\0".utf8)
    let request = [0, 0, 0, UInt8(8 + user.count), 0, 3, 0, 0] + user
    guard send(line, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else { return false }
    var reply: UInt8 = 0
    return recv(line, &reply, 1, 0) == 1 && reply == UInt8(ascii: "R")
  }
}
