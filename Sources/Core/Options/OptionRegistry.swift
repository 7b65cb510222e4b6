import Synchronization

/// The socket options that watches of this process hold, by the sockets' cookies (SO_COOKIE).
///
/// Two monitors may watch one socket, by one descriptor or by two (dup(2)). The value from before the first watch comes back
/// when the last lets go. Only a registry of the whole process knows both: it is the one global of this package.
package final class OptionRegistry: Sendable {
  /// The registry of this process.
  static let process = OptionRegistry()

  private struct State {
    /// By cookie. Equal arrays share their memory.
    var sockets: [UInt64: [HeldValue]] = [:]
    private var known: Set<[HeldValue]> = []

    mutating func keep(_ held: [HeldValue], of cookie: UInt64) {
      guard !held.isEmpty else {
        sockets[cookie] = nil
        return
      }
      // Few sockets differ from all others. More would only lose the sharing.
      if known.count > 1024 { known = [] }
      sockets[cookie] = known.insert(held).memberAfterInsert
    }
  }

  private let state = Mutex(State())

  /// Nothing is held.
  package init() {}

  /// Sets and holds options.
  ///
  /// - Parameters:
  ///   - wanted: which, in the order in which to set them.
  ///   - socket: on which socket.
  ///   - values: what the options are; an option that is missing cannot be read.
  /// - Returns: what is held now.
  /// - Throws: the error with which the kernel refuses a required option. Nothing is changed then.
  package func hold(
    _ wanted: [HeldOption], on socket: HeldSocket, values: [SocketOption: CInt]
  ) throws(Errno) -> Holding {
    try state.withLock { (state) throws(Errno) in
      var held = state.sockets[socket.cookie] ?? []
      let holder = (held.flatMap(\.claims).map(\.holder).max() ?? 0) + 1
      var holding = Holding(holder: holder, values: [])
      for want in wanted {
        guard let value = values[want.option] else {
          guard want.isRequired else { continue }
          OptionRegistry.release(holding, on: socket, &held)
          throw socket.refusal(of: want.option)
        }
        do throws(Errno) {
          try OptionRegistry.hold(want, on: socket, value: value, &holding, &held)
        } catch {
          guard want.isRequired else { continue }
          OptionRegistry.release(holding, on: socket, &held)
          throw error
        }
      }
      state.keep(held, of: socket.cookie)
      return holding
    }
  }

  private static func hold(
    _ want: HeldOption, on socket: HeldSocket, value: CInt, _ holding: inout Holding,
    _ held: inout [HeldValue]
  ) throws(Errno) {
    // Another value is the app's own, set since.
    held.removeAll { $0.option == want.option && $0.current != value }
    let place = held.firstIndex { $0.option == want.option }
    var entry =
      place.map { held[$0] }
      ?? HeldValue(option: want.option, original: value, current: value, claims: [])
    switch want.condition {
    case .always: break
    case .ifLarger: guard entry.original > want.value else { return }
    case .ifZero(let companion):
      guard entry.original == 0, holding.values.contains(where: { $0.option == companion }) else { return }
    }
    entry.claims.append(
      HeldValue.Claim(holder: holding.holder, value: want.value, isFirm: want.condition == .always))
    if entry.effective != value { entry.current = try socket.set(want.option, to: entry.effective) }
    holding.values.append(Holding.Value(option: want.option, value: entry.current))
    if let place { held[place] = entry } else { held.append(entry) }
  }

  /// Lets go of options and restores what is still as it was set.
  package func release(_ holding: Holding, on socket: HeldSocket) {
    state.withLock { state in
      var held = state.sockets[socket.cookie] ?? []
      OptionRegistry.release(holding, on: socket, &held)
      state.keep(held, of: socket.cookie)
    }
  }

  /// In the opposite order: keepalive is switched off before its times are restored, so that no probe is sent meanwhile.
  private static func release(_ holding: Holding, on socket: HeldSocket, _ held: inout [HeldValue]) {
    for option in holding.values.reversed().map(\.option) {
      guard let place = held.firstIndex(where: { $0.option == option }) else { continue }
      held[place].claims.removeAll { $0.holder == holding.holder }
      let isOurs = socket.value(of: option) == held[place].current
      if isOurs, held[place].effective != held[place].current,
        let current = try? socket.set(option, to: held[place].effective)
      {
        held[place].current = current
      }
      if !isOurs || held[place].claims.isEmpty { held.remove(at: place) }
    }
  }

  /// Forgets what was held on a socket that is gone, and touches nothing.
  func forget(_ holding: Holding, cookie: UInt64) {
    state.withLock { state in
      var held = state.sockets[cookie] ?? []
      for place in held.indices { held[place].claims.removeAll { $0.holder == holding.holder } }
      held.removeAll(where: \.claims.isEmpty)
      state.keep(held, of: cookie)
    }
  }

  /// Sets a held option to another value, or to the same again.
  ///
  /// - Returns: what is held then; `nil` if the option is not held by this watch, has been changed by somebody else, or
  ///   the kernel refuses.
  package func set(_ option: SocketOption, to value: CInt, by holding: Holding, on socket: HeldSocket) -> Holding? {
    state.withLock { state in
      var held = state.sockets[socket.cookie] ?? []
      guard let place = held.firstIndex(where: { $0.option == option }),
        let claim = held[place].claims.firstIndex(where: { $0.holder == holding.holder }),
        let own = holding.values.firstIndex(where: { $0.option == option }),
        socket.value(of: option) == held[place].current
      else { return nil }
      let before = held[place].claims[claim].value
      held[place].claims[claim].value = value
      // Another watch's claim may be in force.
      guard held[place].effective == value else {
        state.keep(held, of: socket.cookie)
        return holding
      }
      guard let current = try? socket.set(option, to: value) else { return nil }
      guard before != value || held[place].current != current else { return holding }
      held[place].current = current
      state.keep(held, of: socket.cookie)
      var changed = holding
      changed.values[own].value = current
      return changed
    }
  }

  /// Whether a value that a watch did not set is another watch's. If not, it is the app's from now on: nobody holds it.
  package func isHeld(_ option: SocketOption, at value: CInt, cookie: UInt64) -> Bool {
    state.withLock { state in
      var held = state.sockets[cookie] ?? []
      if held.contains(where: { $0.option == option && $0.current == value }) { return true }
      held.removeAll { $0.option == option }
      state.keep(held, of: cookie)
      return false
    }
  }

  /// How many sockets have options held, for tests.
  var count: Int { state.withLock { $0.sockets.count } }
}

/// A socket whose options are held: the calls to reach it by, and its name.
package struct HeldSocket {
  let descriptor: CInt
  package let cookie: UInt64
  let access: any SocketAccess

  /// From its parts.
  package init(descriptor: CInt, cookie: UInt64, access: any SocketAccess) {
    self.descriptor = descriptor
    self.cookie = cookie
    self.access = access
  }

  package func value(of option: SocketOption) -> CInt? { try? access.option(option, of: descriptor) }

  /// Sets an option, and returns how it reads back: the kernel rounds some.
  func set(_ option: SocketOption, to value: CInt) throws(Errno) -> CInt {
    try access.setOption(option, of: descriptor, to: value)
    return try access.option(option, of: descriptor)
  }

  /// Why an option cannot be read.
  func refusal(of option: SocketOption) -> Errno {
    do throws(Errno) {
      _ = try access.option(option, of: descriptor)
      return .noSuchOption
    } catch {
      return error
    }
  }
}
