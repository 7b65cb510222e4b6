/// The shared sources of a monitor, one for each detector with its settings, and the connections that they wake.
struct SourceTable {
  private struct Entry {
    let method: DetectorName
    let settings: [String: SettingValue]
    let source: (any SharedSource)?
    /// The same source, if it is a ``NewsSource``. Cast once, because each turn needs it.
    let news: (any NewsSource)?
  }

  private let surroundings: SourceSurroundings
  private var entries: [Entry] = []
  /// The source that reads ahead, if any does.
  private(set) var reader: (any ReadAheadSource)?
  /// Connections to wake, with the source that named them. More than one turn takes wait here.
  private var waiting: [(connection: ConnectionID, source: Int)] = []
  private var next = 0

  init(_ surroundings: SourceSurroundings) {
    self.surroundings = surroundings
  }

  /// The source of a detector, by its index, made when first asked for; `nil` if the detector has none.
  ///
  /// - Parameter poll: adds a new source's descriptor to the epoll set under its index.
  mutating func index(
    for column: any DetectorColumn, poll: (_ descriptor: CInt, _ index: Int) throws(Errno) -> Void
  ) throws(Errno) -> Int? {
    let use = column.use
    let known = entries.firstIndex { $0.method == use.method && $0.settings == use.settings }
    if let known { return entries[known].source == nil ? nil : known }
    let source = try column.makeSource(in: surroundings)
    if let descriptor = (source as? any NewsSource)?.descriptor { try poll(descriptor, entries.count) }
    entries.append(
      Entry(method: use.method, settings: use.settings, source: source, news: source as? any NewsSource))
    if reader == nil { reader = source as? any ReadAheadSource }
    return source == nil ? nil : entries.count - 1
  }

  subscript(index: Int) -> (any SharedSource)? { entries[index].source }

  /// The number that a source has for the detector of a connection.
  func news(of connection: ConnectionID, from source: (any SharedSource)?) -> UInt64? {
    (source as? any NewsSource)?.news(of: connection)
  }

  /// Whether there is no source. A monitor without sources pays only for this check.
  var isEmpty: Bool { entries.isEmpty }

  /// Time of the table's next turn.
  var deadline: MonotonicTime {
    guard waiting.isEmpty else { return MonotonicTime(nanoseconds: 0) }
    return entries.reduce(.never) { min($0, $1.news?.deadline ?? .never) }
  }

  /// Advances the sources that are ready or due.
  mutating func advance(ready: [Int], now: MonotonicTime) {
    for (index, entry) in entries.enumerated() {
      guard let source = entry.news else { continue }
      let isReady = ready.contains(index)
      guard isReady || source.deadline <= now else { continue }
      for connection in source.advance(isReady: isReady, now: now) { waiting.append((connection, index)) }
    }
  }

  /// Some connection became suspect or dead.
  func someConnectionBecameSuspect(now: MonotonicTime) {
    for entry in entries { entry.news?.someConnectionBecameSuspect(now: now) }
  }

  /// The next connection to wake, oldest first.
  mutating func popWaiting() -> (connection: ConnectionID, source: Int)? {
    guard next < waiting.count else { return nil }
    defer {
      next += 1
      if next == waiting.count {
        waiting.removeAll(keepingCapacity: waiting.count < 1024)
        next = 0
      }
    }
    return waiting[next]
  }
}
