import Fixtures
import Flatline
import Foundation
import Glibc

/// The registry's program, as small as can be.
public final class RegistryServer {
  public let path: String
  private var listener: CInt = -1
  private var clients: [CInt] = []

  public init() throws(Errno) {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("registry-\(UUID().uuidString)").path
    try start()
  }

  deinit { stop() }

  /// Listens, again after ``stop()``.
  public func start() throws(Errno) {
    listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let code = UnixLine.withAddress(path) { bind(listener, $0, $1) }
    guard code == 0, listen(listener, 16) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Takes a client that connects, or has connected.
  public func accept() {
    let client = Glibc.accept(listener, nil, nil)
    if client >= 0 { clients.append(client) }
  }

  /// Sends the list to all clients: reasons by host.
  public func send(_ list: [String: String]) {
    let text = list.map { "\($0.key) \($0.value)\n" }.joined() + "\n"
    for client in clients { Glibc.send(client, text, text.utf8.count, CInt(MSG_NOSIGNAL)) }
  }

  /// Ends, as a restart does.
  public func stop() {
    for descriptor in clients + [listener] { close(descriptor) }
    clients = []
    unlink(path)
  }
}

extension Scene {
  /// A sound connection to a host that a registry takes into maintenance.
  public static func maintenance(_ policy: Policy, limit: Duration = .seconds(3)) async throws
    -> [VerdictChange]
  {
    let registry = try RegistryServer()
    let connection = try Loopback()
    var policy = policy
    // Where this registry listens.
    policy.detectors = policy.detectors.map {
      $0.name == MaintenanceDetector.name ? DetectorUse($0.name, ["registry": .text(registry.path)]) : $0
    }
    return try await watch(connection.near, policy, limit: limit) {
      registry.accept()
      registry.send(["127.0.0.1": "kernel update", "192.0.2.7": "new disks"])
    }
  }
}
