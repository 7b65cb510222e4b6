/// What is to be told, and to whom.
struct Outbox {
  typealias Handler = @Sendable (WatchEvent) -> Void

  private var events: [WatchEvent] = []
  private var handlers: [UInt32: Handler] = [:]

  mutating func setHandler(_ handler: Handler?, for id: ConnectionID) {
    handlers[id.slot] = handler
  }

  func handler(for id: ConnectionID) -> Handler? { handlers[id.slot] }

  mutating func post(_ event: WatchEvent) { events.append(event) }

  /// Takes what has been posted, in order.
  mutating func takeAll() -> [WatchEvent] {
    var taken: [WatchEvent] = []
    swap(&taken, &events)
    return taken
  }
}
