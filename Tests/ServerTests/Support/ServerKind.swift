import FlatlineTestSupport
import Foundation
import Glibc
import Testing

/// The servers under watch: how each is started, stopped and spoken to.
enum ServerKind: String, CaseIterable, CustomTestStringConvertible {
  case redis
  case mosquitto
  case mosquittoWebsockets
  case postgresql
  case nginx
  case memcached
  /// `flatline serve`.
  case plain

  var testDescription: String { rawValue }

  /// What `flatline watch` says to it.
  func heartbeat() throws -> [String] {
    switch self {
    case .redis: ["--heartbeat", "redis"]
    case .mosquitto: ["--heartbeat", "mqtt"]
    case .mosquittoWebsockets: ["--heartbeat", "websocket", "--subprotocol", "mqtt"]
    case .postgresql: ["--heartbeat", "postgresql", "--user", "postgres", "--database", "postgres"]
    case .nginx: ["--heartbeat", "http", "--path", "/"]
    // A protocol that the command does not know, from a plug-in.
    case .memcached: ["--plugin", try MemcachedPlugin.path.get(), "--heartbeat", "memcached"]
    case .plain: ["--heartbeat", "echo"]
    }
  }

  /// The signal that asks it to end and to close its connections. PostgreSQL's SIGTERM waits for its clients to
  /// leave ("smart" shutdown); SIGINT is the fast one. nginx's SIGTERM is its fast one.
  var stop: Int32 { self == .postgresql ? SIGINT : SIGTERM }

  func start() throws -> RealServer {
    let directory = try TemporaryDirectory()
    let port = try TCPPort.free()
    let process =
      switch self {
      case .redis: try ServerKind.startRedis(port, directory)
      case .mosquitto: try ServerKind.startMosquitto("mqtt", port, directory)
      case .mosquittoWebsockets: try ServerKind.startMosquitto("websockets", port, directory)
      case .postgresql: try ServerKind.startPostgreSQL(port, directory)
      case .nginx: try ServerKind.startNginx(port, directory)
      case .memcached: try ServerKind.startMemcached(port)
      case .plain: try ChildProcess(Flatline.path, ["serve", "127.0.0.1:\(port)"])
      }
    let server = RealServer(process, port: port, directory: directory)
    try server.waitUntilReady()
    return server
  }

  /// A PostgreSQL server that wants a password by SCRAM of everybody.
  static func startPostgreSQL(password: String) throws -> RealServer {
    let directory = try TemporaryDirectory()
    let port = try TCPPort.free()
    let process = try startPostgreSQL(port, directory, password: password)
    let server = RealServer(process, port: port, directory: directory)
    try server.waitUntilReady()
    return server
  }

  private static func startRedis(_ port: UInt16, _ directory: TemporaryDirectory) throws -> ChildProcess {
    let program = try RealServer.find("redis-server", package: "redis-server")
    return try ChildProcess(
      program,
      [
        "--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory.path, "--save", "", "--appendonly",
        "no",
      ])
  }

  private static func startMosquitto(
    _ listener: String, _ port: UInt16, _ directory: TemporaryDirectory
  ) throws -> ChildProcess {
    let program = try RealServer.find("mosquitto", package: "mosquitto")
    // Mosquitto 2.0.11 does not start with a websockets listener alone.
    let file = try directory.write(
      """
      listener 0 \(directory.path)/mqtt.sock
      listener \(port) 127.0.0.1
      protocol \(listener)
      allow_anonymous true
      persistence false
      user root

      """, to: "mosquitto.conf")
    return try ChildProcess(program, ["-c", file])
  }

  private static func startMemcached(_ port: UInt16) throws -> ChildProcess {
    let program = try RealServer.find("memcached", package: "memcached")
    return try ChildProcess(
      program, ["-l", "127.0.0.1", "-p", "\(port)", "-U", "0", "-u", geteuid() == 0 ? "root" : "nobody"])
  }

  /// PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes.
  private static func startPostgreSQL(
    _ port: UInt16, _ directory: TemporaryDirectory, password: String? = nil
  ) throws -> ChildProcess {
    let versions = "/usr/lib/postgresql"
    let places = ((try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []).sorted()
      .map { "\(versions)/\($0)/bin" }
    let package = "postgresql"
    let initdb = try RealServer.find("initdb", package: package, in: places)
    let postgres = try RealServer.find("postgres", package: package, in: places)
    let data = "\(directory.path)/data"
    var prefix: [String] = []
    if geteuid() == 0 {
      guard let user = getpwnam("postgres") else {
        throw RealServer.Missing(program: "user postgres", package: package)
      }
      let (uid, gid) = (user.pointee.pw_uid, user.pointee.pw_gid)
      chown(directory.path, uid, gid)
      let setpriv = try RealServer.find("setpriv", package: "util-linux")
      // Becomes the program: the process keeps its number.
      prefix = [setpriv, "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"]
    }
    func run(_ words: [String]) throws -> ChildProcess {
      let words = prefix + words
      return try ChildProcess(
        words[0], Array(words.dropFirst()), environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"])
    }
    var options = ["-A", "trust"]
    if let password {
      let file = try directory.write(password, to: "password")
      chmod(file, 0o644)
      options = ["-A", "scram-sha-256", "--pwfile", file]
    }
    let setUp = try run(
      [initdb, "-D", data, "-U", "postgres", "--no-sync", "--encoding=UTF8"] + options)
    let ending = try setUp.waitForExit(timeout: .seconds(60))
    guard ending == .exited(0) else {
      throw TestSupportError.command(
        "initdb", input: "", said: setUp.lines.map(\.text).joined(separator: "\n"))
    }
    return try run([
      postgres, "-D", data, "-h", "127.0.0.1", "-p", "\(port)", "-k", directory.path, "-c", "fsync=off",
      "-c", "logging_collector=off",
    ])
  }

  private static func startNginx(_ port: UInt16, _ directory: TemporaryDirectory) throws -> ChildProcess {
    let program = try RealServer.find("nginx", package: "nginx-light")
    let user = geteuid() == 0 ? "user root;" : ""
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(directory.path)/\($0);" }.joined(separator: " ")
    let file = try directory.write(
      """
      daemon off; worker_processes 1; pid \(directory.path)/nginx.pid; error_log stderr; \(user)
      events { worker_connections 64; }
      http {
        access_log off; \(paths)
        # A heartbeat uses one connection for long: more requests than the default of 1000.
        keepalive_requests 1000000; keepalive_timeout 1h;
        server { listen 127.0.0.1:\(port); location / { return 204; } }
      }

      """, to: "nginx.conf")
    return try ChildProcess(program, ["-c", file, "-p", directory.path, "-e", "stderr"])
  }
}
