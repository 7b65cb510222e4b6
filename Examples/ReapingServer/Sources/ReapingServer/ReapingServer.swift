public import Flatline
import Glibc
import Synchronization

/// An echo server for thousands of clients that keeps none that is gone: each is reaped with the cause of its
/// death, and what it held is free again.
///
/// It asks a client with ENQ, and ACK is the answer (ASCII 5 and 6); all other bytes it sends back. The thread that
/// runs it drives the monitor too, which is one more descriptor to poll.
public final class ReapingServer: Sendable {
  private let listener: CInt
  private let policy: Policy
  private let monitor: Monitor
  private let deaths: Deaths
  private let ledger = Mutex(Census())
  private let isStopped = Atomic(false)

  /// - Parameters:
  ///   - listener: a listening TCP socket. It stays the caller's.
  ///   - policy: with a heartbeat, if clients that hang are to be reaped.
  /// - Throws: `Errno` when the kernel gives no epoll set or timer.
  public init(listener: CInt, policy: Policy) throws(Errno) {
    self.listener = listener
    self.policy = policy
    let deaths = Deaths()
    self.deaths = deaths
    monitor = try Monitor(registry: .builtIn, drive: .application) { deaths.take($0) }
  }

  /// How many clients there are, and what became of the others.
  public var census: Census { ledger.withLock { $0 } }

  /// Ends ``run()`` within 100 ms.
  public func stop() { isStopped.store(true, ordering: .relaxed) }

  /// Serves until stopped, on the calling thread; then closes every client.
  public func run() {
    var clients = ClientTable(listener: listener, monitor: monitor.descriptor)
    _ = fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK)
    while !isStopped.load(ordering: .relaxed) {
      clients.poll(milliseconds: 100) { clients, descriptor in
        switch descriptor {
        case listener: accept(into: &clients)
        case monitor.descriptor: monitor.process()
        default: if !echo(descriptor) { clients.ignore(descriptor) }
        }
      }
      for gone in deaths.takeAll() { reap(gone, from: &clients) }
    }
    for client in clients.all { bury(client, in: &clients) }
  }

  private func accept(into clients: inout ClientTable) {
    // The rest of a long queue has its turn after the clients'.
    for _ in 0..<64 {
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      let pinger = AppPinger { StreamIO.ask(descriptor) }
      guard let id = try? monitor.watch(descriptor, policy: policy, pinger: pinger) else {
        // Gone before it was greeted.
        close(descriptor)
        continue
      }
      clients.add(Client(descriptor: descriptor, connection: id))
      ledger.withLock { $0.alive += 1 }
    }
  }

  /// False for a client that sends no more, or takes no more: its verdict comes.
  private func echo(_ descriptor: CInt) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    guard let count = try? StreamIO.receive(into: &bytes, from: descriptor) else { return true }
    let echo = bytes[..<count].filter { $0 != StreamIO.acknowledgement }
    // What a client does not take is not kept for it.
    if !echo.isEmpty { _ = try? StreamIO.send(echo, to: descriptor) }
    return count > 0
  }

  private func reap(_ gone: PeerGone, from clients: inout ClientTable) {
    guard let client = clients[gone.connection] else { return }
    bury(client, in: &clients)
    ledger.withLock { ledger in
      ledger.alive -= 1
      ledger.reaped[gone.cause, default: 0] += 1
    }
  }

  private func bury(_ client: Client, in clients: inout ClientTable) {
    clients.remove(client)
    monitor.unwatch(client.connection)
    close(client.descriptor)
  }
}

/// How many clients there are, and what became of the others.
public struct Census: Sendable, Hashable {
  public var alive = 0
  public var reaped: [Cause: Int] = [:]

  public init(alive: Int = 0, reaped: [Cause: Int] = [:]) {
    self.alive = alive
    self.reaped = reaped
  }
}

extension StreamIO {
  static let enquiry: UInt8 = 5
  static let acknowledgement: UInt8 = 6

  /// Asks a client whether it lives.
  static func ask(_ descriptor: CInt) -> PingOutcome {
    (try? send([enquiry], to: descriptor)) == 1 ? .sent : .streamFull
  }
}
