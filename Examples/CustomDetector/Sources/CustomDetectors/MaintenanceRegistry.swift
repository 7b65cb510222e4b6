import Flatline

/// A client of the registry, for all connections of a monitor.
///
/// The registry sends the whole list at first and at each change: a line a host (`10.0.0.7 kernel update`), then an empty
/// line. When the registry restarts, its last list stays true until the client has a new one.
public final class MaintenanceRegistry: NewsSource {
  private struct Peer {
    let host: String
    /// The reason as the detector heard it last.
    var heard: String?
  }

  private static let patience = Duration.seconds(1)

  private let path: String
  /// `nil` while the registry is away. The monitor polls whatever is here.
  private var line: UnixLine?
  private var unfinished: [UInt8] = []
  /// The list that is coming, and the last whole one: reasons by host.
  private var coming: [String: String] = [:]
  private var list: [String: String] = [:]
  private var peers: [ConnectionID: Peer] = [:]
  public private(set) var deadline = MonotonicTime.never

  /// - Throws: `SourceError` when no registry listens there: a policy that names a wrong one is found at once.
  public init(path: String) throws(SourceError) {
    self.path = path
    do {
      line = try UnixLine(to: path)
    } catch {
      throw SourceError("no registry listens at \(path)", errno: error)
    }
  }

  deinit { line?.close() }

  public var descriptor: CInt? { line?.descriptor }

  public func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    guard let host = endpoints?.remote.address else { return }
    peers[connection] = Peer(host: "\(host)")
    // It came later than the list.
    if list["\(host)"] != nil { deadline = now }
  }

  public func detach(_ connection: ConnectionID) { peers[connection] = nil }

  public func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
    deadline = .never
    if line == nil { line = try? UnixLine(to: path) }
    if isReady { read() }
    if line == nil { deadline = now + Self.patience }
    let changed = peers.filter { $0.value.heard != list[$0.value.host] }.map(\.key)
    for connection in changed {
      let heard = peers[connection].flatMap { list[$0.host] }
      peers[connection]?.heard = heard
    }
    return changed
  }

  public func news(of connection: ConnectionID) -> MaintenanceNotice {
    peers[connection]?.heard.map { .begins(reason: $0) } ?? .isOver
  }

  private func read() {
    guard let bytes = line?.received() else { return }
    guard !bytes.isEmpty else {
      line?.close()
      (line, unfinished, coming) = (nil, [], [:])
      return
    }
    unfinished += bytes
    while let end = unfinished.firstIndex(of: UInt8(ascii: "\n")) {
      take(String(decoding: unfinished[..<end], as: UTF8.self))
      unfinished.removeFirst(end + 1)
    }
    // A registry that never ends a line is none.
    if unfinished.count > 4096 { unfinished = [] }
  }

  private func take(_ text: String) {
    if text.isEmpty {
      (list, coming) = (coming, [:])
    } else {
      let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
      if let host = parts.first { coming[host] = parts.count > 1 ? parts[1] : "no reason given" }
    }
  }
}
