/// What is to be told, and to whom.
struct Outbox: ~Copyable {
  typealias Handler = @Sendable (WatchEvent) -> Void

  private var events: [WatchEvent] = []
  /// An array that was taken and given back, for its room.
  private var spare: [WatchEvent] = []
  private var handlers = SideTable<Handler>()

  mutating func setHandler(_ handler: Handler?, for id: ConnectionID) {
    handlers[Int(id.slot)] = handler
  }

  /// Gives the handler up, and returns it: it is to be released later, as what it holds may call the monitor.
  mutating func removeHandler(for id: ConnectionID) -> Handler? {
    guard let handler = handlers[Int(id.slot)] else { return nil }
    handlers[Int(id.slot)] = nil
    return handler
  }

  func handler(for id: ConnectionID) -> Handler? { handlers[Int(id.slot)] }

  mutating func post(_ event: WatchEvent) { events.append(event) }

  /// Takes what has been posted, in order.
  mutating func takeAll() -> [WatchEvent] {
    var taken: [WatchEvent] = []
    swap(&taken, &events)
    swap(&events, &spare)
    return taken
  }

  /// Gives the room of an array back, emptied once its events have been told.
  mutating func giveBack(_ emptied: [WatchEvent]) {
    spare = emptied
  }
}
