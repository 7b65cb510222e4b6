import Synchronization

/// A list that handlers on other threads add to.
public final class Log<Entry: Sendable>: Sendable {
  private let list = Mutex<[Entry]>([])

  /// An empty list.
  public init() {}

  /// What was added, in order.
  public var entries: [Entry] { list.withLock { $0 } }

  /// Adds one.
  public func add(_ entry: Entry) { list.withLock { $0.append(entry) } }
}
