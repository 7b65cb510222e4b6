/// The shared sources of a monitor, one for each detector with its settings, and the connections that they wake.
struct SourceTable {
  private struct Entry {
    let method: DetectorName
    let settings: [String: SettingValue]
    let source: (any SharedSource)?
    /// The same source, if it is a ``NewsSource``. Cast once, because each turn needs it.
    let news: (any NewsSource)?
    var polled: PolledSource
    /// Advances in a row that left the deadline in the past.
    var hurries = 0
    /// Not advanced before, except for input.
    var earliest = MonotonicTime(nanoseconds: 0)

    /// The source's deadline, moved on if it does not move on itself.
    var deadline: MonotonicTime { news.map { max($0.deadline, earliest) } ?? .never }

    /// Keeps a deadline that stays in the past from taking the monitor's time.
    mutating func pace(now: MonotonicTime) {
      hurries = deadline <= now ? hurries + 1 : 0
      earliest = hurries > Entry.mostHurries ? now + .milliseconds(1) : MonotonicTime(nanoseconds: 0)
    }

    /// A source with much to do goes on at once, this often in a row; then once a millisecond.
    private static var mostHurries: Int { 1024 }
  }

  private let surroundings: SourceSurroundings
  private let queue: any EventQueue
  private var entries: [Entry] = []
  /// The source that reads ahead, if any does.
  private(set) var reader: (any ReadAheadSource)?
  /// Connections to wake, with the source that named them. More than one turn takes wait here.
  private var waiting: [(connection: ConnectionID, source: Int)] = []
  private var next = 0

  init(_ surroundings: SourceSurroundings, queue: any EventQueue) {
    self.surroundings = surroundings
    self.queue = queue
  }

  /// The source of a detector, by its index, made when first asked for; `nil` if the detector has none.
  mutating func index(for column: any DetectorColumn) throws(SourceError) -> Int? {
    let use = column.use
    let known = entries.firstIndex { $0.method == use.method && $0.settings == use.settings }
    if let known { return entries[known].source == nil ? nil : known }
    let source = try column.makeSource(in: surroundings)
    let news = source as? any NewsSource
    var polled = PolledSource(index: entries.count)
    do throws(Errno) {
      try polled.follow(news?.descriptor, in: queue)
    } catch {
      throw SourceError("the descriptor of its source cannot be polled", errno: error)
    }
    entries.append(
      Entry(method: use.method, settings: use.settings, source: source, news: news, polled: polled))
    if reader == nil { reader = source as? any ReadAheadSource }
    return source == nil ? nil : entries.count - 1
  }

  subscript(index: Int) -> (any SharedSource)? { entries[index].source }

  /// What a source has for the detector of a connection.
  func news(of connection: ConnectionID, from source: (any SharedSource)?) -> News? {
    (source as? any NewsSource)?.anyNews(of: connection)
  }

  /// Polls the descriptors that the sources have now.
  mutating func pollAnew() {
    for index in entries.indices { pollAnew(index) }
  }

  private mutating func pollAnew(_ index: Int) {
    // A descriptor that cannot be polled is not: the source has its deadline.
    if let news = entries[index].news { try? entries[index].polled.follow(news.descriptor, in: queue) }
  }

  /// Whether there is no source. A monitor without sources pays only for this check.
  var isEmpty: Bool { entries.isEmpty }

  /// Time of the table's next turn.
  var deadline: MonotonicTime {
    guard waiting.isEmpty else { return MonotonicTime(nanoseconds: 0) }
    return entries.reduce(.never) { min($0, $1.deadline) }
  }

  /// Advances the sources that are ready or due.
  mutating func advance(ready: [Int], now: MonotonicTime) {
    for (index, entry) in entries.enumerated() {
      guard let source = entry.news else { continue }
      let isReady = ready.contains(index)
      guard isReady || entry.deadline <= now else { continue }
      for connection in source.advance(isReady: isReady, now: now) { waiting.append((connection, index)) }
      entries[index].pace(now: now)
      pollAnew(index)
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
