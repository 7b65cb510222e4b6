import CTestSupport
import Glibc
import Synchronization

/// A network of its own, with its own interfaces, addresses, routes and sockets (network_namespaces(7)).
public final class NetworkNamespace: Sendable {
  /// What `ip netns` calls it. It begins with the process id, so that the leftovers of a crash can be told.
  public let name: String
  let descriptor: CInt
  private let isClosed = Atomic(false)

  private static let made = Atomic(0)
  private static let sweepOnce: Void = NamespaceSweep.run()

  /// Makes an empty namespace with its loopback up. `role` is one letter for the reader of `ip netns list`.
  public init(role: Character = "n") throws {
    _ = NetworkNamespace.sweepOnce
    let number = NetworkNamespace.made.add(1, ordering: .relaxed).newValue
    let name = "fl\(getpid())x\(number)\(role)"
    try Command.run(["ip", "netns", "add", name])
    do {
      descriptor = try SystemCalls.open("/run/netns/\(name)", O_RDONLY)
    } catch {
      _ = try? Command.run(["ip", "netns", "delete", name])
      throw error
    }
    self.name = name
    try ip("link set lo up")
  }

  deinit {
    close()
    Glibc.close(descriptor)
  }

  /// Deletes the namespace's name. What was made in it lives on for as long as it is held, this value included.
  public func close() {
    guard !isClosed.exchange(true, ordering: .relaxed) else { return }
    // What remains after a failure is swept by the next run.
    _ = try? Command.run(["ip", "netns", "delete", name])
  }

  /// Runs `body` on a new thread inside the namespace. Sockets made there belong to the namespace for good and
  /// can be used on any thread.
  public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
    let unset = Swift.Result<Result, any Error>.failure(TestSupportError.timedOut(waitingFor: "setns"))
    let outcome = Watched(unset)
    let descriptor = self.descriptor
    try OwnThread {
      let result = Swift.Result {
        try SystemCalls.checkCode("setns", test_support_enter_network_namespace(descriptor))
        return try body()
      }
      outcome.access { $0 = result }
    }.join()
    return try outcome.access { $0 }.get()
  }

  /// Runs `ip` with these words in the namespace, such as `ip("address delete 10.77.1.2/24 dev uplink")`.
  @discardableResult
  public func ip(_ words: String) throws -> String {
    try Command.run(["ip"] + words.split(separator: " ").map(String.init), in: self)
  }

  /// Runs several `ip` commands, one a line, in one go.
  public func ip(batch: String) throws {
    try Command.run(["ip", "-batch", "-"], input: batch + "\n", in: self)
  }

  /// Sets a sysctl of the namespace, such as `net.ipv4.ip_forward`.
  public func setKernelSetting(_ setting: String, to value: String) throws {
    try run { try SystemCalls.setKernelSetting(setting, to: value) }
  }
}
