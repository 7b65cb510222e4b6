public import FlatlineCore
import FlatlineNetlink
import Synchronization

/// Follows connections of other processes: by questions to sock_diag(7), and by the kernel's notifications of sockets
/// that their owners closed. One session serves any number of connections.
public final class DiagSession: Sendable {
  private struct State {
    let diag: SocketDiag
    /// `nil` where the process may not have it: then ends are derived from less.
    let closings: NetlinkSocket?
    /// The followed connections by cookie, and the number of followers of each.
    var followed: [UInt64: Int] = [:]
    /// TCP_INFO of followed connections after their owner closed them.
    var closed: [UInt64: TCPInfo] = [:]
  }

  private let state: Mutex<State>

  /// - Parameter opening: where netlink sockets come from; they see the sockets of their network namespace.
  /// - Throws: `Errno` where the process may not have such sockets.
  public init(_ opening: NetlinkOpening = .own) throws(Errno) {
    let diag = try SocketDiag(opening)
    let closings = try? NetlinkSocket(
      DiagMessages.protocolNumber, groups: DiagMessages.closings, opening: opening)
    state = Mutex(State(diag: diag, closings: closings))
  }

  /// All TCP connections of the namespace.
  public func connections() throws(Errno) -> [DiagEntry] {
    try state.withLock { (state) throws(Errno) in try state.diag.connections() }
  }

  /// The connection with these ends; `nil` when there is none.
  public func connection(_ endpoints: SocketEndpoints) throws(Errno) -> DiagEntry? {
    try state.withLock { (state) throws(Errno) in try state.diag.connection(endpoints) }
  }

  // MARK: Following

  func follow(_ entry: DiagEntry) {
    state.withLock { $0.followed[entry.cookie, default: 0] += 1 }
  }

  func leave(_ entry: DiagEntry) {
    state.withLock { state in
      let count = state.followed[entry.cookie, default: 1] - 1
      state.followed[entry.cookie] = count > 0 ? count : nil
      if count == 0 { state.closed[entry.cookie] = nil }
    }
  }

  /// The connection as it is now; `nil` when the kernel keeps it no more.
  func now(_ entry: DiagEntry) throws(Errno) -> DiagEntry? {
    try state.withLock { (state) throws(Errno) in
      // Often enough that close notifications do not pile up.
      DiagSession.listen(&state)
      return try state.diag.entry(
        entry.endpoints, cookie: entry.cookie, isIPv6Socket: entry.isIPv6Socket)
    }
  }

  /// TCP_INFO of a connection when its owner closed it; `nil` if the owner has not, or the notification was missed.
  func closing(of entry: DiagEntry) -> TCPInfo? {
    state.withLock { state in
      DiagSession.listen(&state)
      return state.closed[entry.cookie]
    }
  }

  private static func listen(_ state: inout State) {
    guard let closings = state.closings else { return }
    let followed = state.followed
    var closed = state.closed
    // At most so many at a time; notifications lost by an overrun stay lost.
    for _ in 0..<4096 {
      let isMore = try? closings.receive { message in
        guard let cookie = DiagMessages.cookie(message), followed[cookie] != nil else { return }
        closed[cookie] = DiagMessages.info(message)
      }
      guard isMore == true else { break }
    }
    state.closed = closed
  }
}
