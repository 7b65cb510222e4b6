import Flatline
import Glibc

struct Client {
  let descriptor: CInt
  let connection: ConnectionID
}

/// The clients of one server, and what poll(2) waits for: the listener, the monitor, each client.
struct ClientTable {
  private var entries: [pollfd]
  private var clients: [CInt: (client: Client, entry: Int)] = [:]
  private var descriptors: [ConnectionID: CInt] = [:]

  init(listener: CInt, monitor: CInt) {
    entries = [listener, monitor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  }

  var all: [Client] { clients.values.map(\.client) }

  subscript(connection: ConnectionID) -> Client? {
    descriptors[connection].flatMap { clients[$0]?.client }
  }

  mutating func add(_ client: Client) {
    clients[client.descriptor] = (client, entries.count)
    descriptors[client.connection] = client.descriptor
    entries.append(pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0))
  }

  mutating func remove(_ client: Client) {
    guard let entry = clients.removeValue(forKey: client.descriptor)?.entry else { return }
    descriptors[client.connection] = nil
    // The last takes its place.
    let last = entries.removeLast()
    guard entry < entries.count else { return }
    entries[entry] = last
    clients[ClientTable.descriptor(last)]?.entry = entry
  }

  /// Waits for nothing more of a client: poll(2) passes over negative descriptors.
  mutating func ignore(_ descriptor: CInt) {
    guard let entry = clients[descriptor]?.entry else { return }
    entries[entry].fd = ~descriptor
  }

  /// Waits once and names each descriptor that is ready.
  mutating func poll(milliseconds: CInt, _ body: (inout ClientTable, CInt) -> Void) {
    guard Glibc.poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return }
    let ready = entries.filter { $0.fd >= 0 && $0.revents != 0 }.map(\.fd)
    for descriptor in ready { body(&self, descriptor) }
  }

  private static func descriptor(_ entry: pollfd) -> CInt { entry.fd >= 0 ? entry.fd : ~entry.fd }
}
