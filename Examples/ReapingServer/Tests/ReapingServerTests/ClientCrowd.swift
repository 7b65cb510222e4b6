import Fixtures
import Foundation
import Glibc
import Synchronization

/// Thousands of clients of an echo server, on one thread. They answer ENQ with ACK and count what else comes.
final class ClientCrowd: Sendable {
  private struct State {
    /// A descriptor each; -1 once closed.
    var clients: [CInt] = []
    /// Of those who answer.
    var live: Set<CInt> = []
    var received: [CInt: Int] = [:]
    var isOver = false
  }
  private let state = Mutex(State())
  private let port: UInt16

  init(port: UInt16) {
    self.port = port
    Thread.detachNewThread { [weak self] in
      // Not held while it waits, so that the crowd can go.
      while let crowd = self, crowd.serve() {}
    }
  }

  deinit {
    for client in state.withLock({ $0.clients }) where client >= 0 { Glibc.close(client) }
  }

  func join(_ count: Int) throws {
    for _ in 0..<count {
      let client = try LoopbackSocket.connect(to: port)
      state.withLock { state in
        state.clients.append(client)
        state.live.insert(client)
      }
    }
  }

  /// A client leaves in order: a FIN. (To close with an enquiry unread would be a RST: RFC 1122, 4.2.2.13.)
  func leave(_ index: Int) {
    hang(index)
    shutdown(state.withLock { $0.clients[index] }, CInt(SHUT_WR))
  }

  /// A client breaks off: a RST.
  func reset(_ index: Int) {
    var abort = linger(l_onoff: 1, l_linger: 0)
    let client = state.withLock { $0.clients[index] }
    setsockopt(client, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    state.withLock { state in
      state.live.remove(client)
      state.clients[index] = -1
      close(client)
    }
  }

  /// A client's program answers no more.
  func hang(_ index: Int) {
    state.withLock { state in _ = state.live.remove(state.clients[index]) }
  }

  func say(_ text: String, by index: Int) {
    let client = state.withLock { $0.clients[index] }
    send(client, text, text.utf8.count, CInt(MSG_NOSIGNAL))
  }

  /// Bytes that a client got, enquiries aside.
  func received(by index: Int) -> Int {
    state.withLock { $0.received[$0.clients[index]] ?? 0 }
  }

  func end() { state.withLock { $0.isOver = true } }

  /// One wait; false when over.
  private func serve() -> Bool {
    var entries = state.withLock { state in
      state.live.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }
    if entries.isEmpty { usleep(10_000) } else { poll(&entries, nfds_t(entries.count), 20) }
    return state.withLock { state in
      for client in entries where client.revents != 0 && state.live.contains(client.fd) {
        answer(client.fd, &state)
      }
      return !state.isOver
    }
  }

  private func answer(_ client: CInt, _ state: inout State) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(client, &bytes, bytes.count, CInt(MSG_DONTWAIT))
    guard count > 0 else { return }
    let enquiries = bytes[..<count].count { $0 == 5 }
    state.received[client, default: 0] += count - enquiries
    if enquiries > 0 {
      let answers = [UInt8](repeating: 6, count: enquiries)
      send(client, answers, answers.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }
}
