/// Posted events, and the handlers that receive them.
struct Outbox: ~Copyable {
  typealias Handler = @Sendable (WatchEvent) -> Void

  private var events: [WatchEvent] = []
  /// An emptied array, kept for its capacity.
  private var spare: [WatchEvent] = []
  private var handlers = SideTable<Handler>()

  mutating func setHandler(_ handler: Handler?, for id: ConnectionID) {
    handlers[Int(id.slot)] = handler
  }

  /// Removes the handler and returns it. Release it later: the deinit of its captures may call the monitor.
  mutating func removeHandler(for id: ConnectionID) -> Handler? {
    guard let handler = handlers[Int(id.slot)] else { return nil }
    handlers[Int(id.slot)] = nil
    return handler
  }

  func handler(for id: ConnectionID) -> Handler? { handlers[Int(id.slot)] }

  mutating func post(_ event: WatchEvent) { events.append(event) }

  /// Takes the posted events, in order.
  mutating func takeAll() -> [WatchEvent] {
    var taken: [WatchEvent] = []
    swap(&taken, &events)
    swap(&events, &spare)
    return taken
  }

  /// Gives an array back for its capacity, emptied after its events were delivered.
  mutating func giveBack(_ emptied: [WatchEvent]) {
    spare = emptied
  }
}
