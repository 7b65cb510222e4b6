/// The shared sources of a monitor, one for each detector with its settings, and the connections that they wake.
struct SourceTable {
  private struct Entry {
    let use: DetectorUse
    let source: (any SharedSource)?
    /// The same source, if it is a ``NewsSource``. Cast once, because each turn needs it.
    let news: (any NewsSource)?
    var polled: PolledSource
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
    let known = entries.firstIndex { $0.use == column.use }
    if let known { return entries[known].source == nil ? nil : known }
    let source = try column.makeSource(in: surroundings)
    let news = source as? any NewsSource
    var polled = PolledSource(index: entries.count)
    do throws(Errno) {
      try polled.follow(news?.descriptor, in: queue)
    } catch {
      throw SourceError("the descriptor of its source cannot be polled", errno: error)
    }
    entries.append(Entry(use: column.use, source: source, news: news, polled: polled))
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
    return entries.reduce(.never) { min($0, $1.news?.deadline ?? .never) }
  }

  /// Advances the sources that are ready or due.
  mutating func advance(ready: [Int], now: MonotonicTime) {
    for (index, entry) in entries.enumerated() {
      guard let source = entry.news else { continue }
      let isReady = ready.contains(index)
      guard isReady || source.deadline <= now else { continue }
      for connection in source.advance(isReady: isReady, now: now) { waiting.append((connection, index)) }
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
