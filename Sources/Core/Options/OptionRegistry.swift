import Synchronization

/// The socket options that watches of this process hold, by the sockets' cookies (SO_COOKIE).
///
/// Two monitors may watch one socket, by one descriptor or by two (dup(2)). The value from before the first watch
/// is restored when the last watch releases it. Only a registry of the whole process knows both watches: it is the
/// one global of this package.
package final class OptionRegistry: Sendable {
  /// The registry of this process.
  package static let process = OptionRegistry()

  private let state = Mutex(HeldOptionsTable())

  /// An empty registry.
  package init() {}

  /// Sets and holds options.
  ///
  /// - Parameters:
  ///   - wanted: the options, in the order in which to set them.
  ///   - socket: the socket.
  ///   - values: the options' values now; an option that is missing cannot be read.
  /// - Returns: the options that the watch holds now.
  /// - Throws: the error with which the kernel refuses a required option. Nothing is changed then.
  package func hold(
    _ wanted: [HeldOption], on socket: HeldSocket, values: [SocketOption: CInt]
  ) throws(Errno) -> Holding {
    try state.withLock { (state) throws(Errno) in
      var held = state[socket.cookie] ?? HeldOptions()
      var holding = Holding(holder: held.newHolder(), values: [])
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
      if !holding.values.isEmpty { held.holders.append(holding.holder) }
      state[socket.cookie] = held
      return holding
    }
  }

  private static func hold(
    _ want: HeldOption, on socket: HeldSocket, value: CInt, _ holding: inout Holding,
    _ held: inout HeldOptions, isAsked: Bool = false
  ) throws(Errno) {
    var value = value
    var wanted = want.value
    if let entry = held[want.option], entry.current != value {
      // Another watch, or another detector of this one, may have set it since it was read.
      value = socket.value(of: want.option) ?? value
      // A third value is the app's own.
      if entry.current != value { held[want.option] = nil }
    }
    var entry =
      held[want.option] ?? HeldValue(option: want.option, original: value, current: value, claims: [])
    switch want.condition {
    case .always: break
    case .ifLarger: guard entry.original > want.value else { return }
    case .ifZero(let companion):
      guard entry.original == 0, holding.values.contains(where: { $0.option == companion }) else { return }
    case .asWithout(let companion):
      guard entry.original == 0, holding.values.contains(where: { $0.option == companion }) else { return }
      wanted = held.timeout(without: companion, on: socket) ?? wanted
    case .whileProbing:
      guard isAsked else { return }
      wanted = min(wanted, held.keepaliveLimit(userTimeout: entry.original, on: socket) ?? wanted)
    }
    entry.claims.append(
      HeldValue.Claim(holder: holding.holder, value: wanted, kind: HeldValue.Claim.Kind(want.condition)))
    if entry.effective != value { entry.current = try socket.set(want.option, to: entry.effective) }
    holding.note(want.option, entry.current)
    held[want.option] = entry
  }

  /// Holds one more option of a watch, which it may have released or given up before.
  ///
  /// - Parameters:
  ///   - want: the option.
  ///   - holding: the options that the watch holds; `nil` for none.
  ///   - socket: the socket.
  /// - Returns: the options that the watch holds then. Nothing is changed if the kernel refuses.
  package func hold(_ want: HeldOption, by holding: Holding?, on socket: HeldSocket) -> Holding? {
    state.withLock { state in
      guard let value = socket.value(of: want.option) else { return holding }
      var held = state[socket.cookie] ?? HeldOptions()
      // A third value is the app's own.
      if let entry = held[want.option], entry.current != value { held[want.option] = nil }
      var changed = holding ?? Holding(holder: held.newHolder(), values: [])
      if held[want.option]?.claim(of: changed.holder, want.condition) != nil { return holding }
      guard (try? OptionRegistry.hold(want, on: socket, value: value, &changed, &held, isAsked: true)) != nil
      else { return holding }
      if !changed.values.isEmpty, !held.holders.contains(changed.holder) {
        held.holders.append(changed.holder)
      }
      state[socket.cookie] = held
      return changed
    }
  }

  /// Releases one option of a watch before its end. Restores it if it still has the value that was set.
  ///
  /// - Returns: the options that the watch holds then.
  package func release(_ want: HeldOption, by holding: Holding, on socket: HeldSocket) -> Holding {
    state.withLock { state in
      guard var held = state[socket.cookie], var entry = held[want.option],
        let claim = entry.claim(of: holding.holder, want.condition)
      else { return holding }
      var changed = holding
      entry.claims.remove(at: claim)
      let isOurs = OptionRegistry.restore(&entry, on: socket)
      held[want.option] = isOurs && !entry.claims.isEmpty ? entry : nil
      if isOurs, entry.claims.contains(where: { $0.holder == holding.holder }) {
        changed.note(want.option, entry.current)
      } else {
        changed.values.removeAll { $0.option == want.option }
      }
      if changed.values.isEmpty { held.holders.removeAll { $0 == holding.holder } }
      state[socket.cookie] = held
      return changed
    }
  }

  /// Sets an option to the value that follows from its claims, unless the app has set it.
  ///
  /// - Returns: false if the app has set it.
  private static func restore(_ entry: inout HeldValue, on socket: HeldSocket) -> Bool {
    guard socket.value(of: entry.option) == entry.current else { return false }
    if entry.effective != entry.current, let current = try? socket.set(entry.option, to: entry.effective) {
      entry.current = current
    }
    return true
  }

  /// Releases options. Restores those that still have the value that was set.
  package func release(_ holding: Holding, on socket: HeldSocket) {
    state.withLock { state in
      var held = state[socket.cookie] ?? HeldOptions()
      OptionRegistry.release(holding, on: socket, &held)
      state[socket.cookie] = held
    }
  }

  /// In reverse order: keepalive is switched off before its times are restored, so that no probe is sent meanwhile.
  private static func release(_ holding: Holding, on socket: HeldSocket, _ held: inout HeldOptions) {
    held.holders.removeAll { $0 == holding.holder }
    for option in holding.values.reversed().map(\.option) {
      guard var entry = held[option] else { continue }
      entry.claims.removeAll { $0.holder == holding.holder }
      let isOurs = restore(&entry, on: socket)
      held[option] = isOurs && !entry.claims.isEmpty ? entry : nil
    }
  }

  /// Forgets the held options of a socket that is gone, or that no option is held on any more. Sets no option.
  package func forget(_ holding: Holding, cookie: UInt64) {
    state.withLock { state in
      guard var held = state[cookie] else { return }
      held.holders.removeAll { $0 == holding.holder }
      for option in holding.values.map(\.option) {
        guard var entry = held[option] else { continue }
        entry.claims.removeAll { $0.holder == holding.holder }
        held[option] = entry.claims.isEmpty ? nil : entry
      }
      state[cookie] = held
    }
  }

  /// Sets a held option to another value, or to the same again.
  ///
  /// - Returns: the options held then; `nil` if this watch does not hold the option, if other code has changed it,
  ///   or if the kernel refuses.
  package func set(_ option: SocketOption, to value: CInt, by holding: Holding, on socket: HeldSocket)
    -> Holding?
  {
    state.withLock { state in
      guard var held = state[socket.cookie], var entry = held[option],
        let claim = entry.claim(of: holding.holder),
        holding.values.contains(where: { $0.option == option }), socket.value(of: option) == entry.current
      else { return nil }
      let before = entry
      entry.claims[claim].value = value
      // Another watch's claim may be in force.
      guard entry.effective == value else {
        held[option] = entry
        state[socket.cookie] = held
        return holding
      }
      guard let current = try? socket.set(option, to: value) else { return nil }
      entry.current = current
      guard entry != before else { return holding }
      held[option] = entry
      state[socket.cookie] = held
      var changed = holding
      changed.note(option, current)
      return changed
    }
  }

  /// Reads an option again that differs from the value that a watch set. If another watch set it, nothing changes.
  /// Otherwise the value is the app's from now on, and no watch holds the option.
  ///
  /// - Returns: the app's value; `nil` if the app has set none.
  package func giveUp(_ option: SocketOption, of holding: Holding, on socket: HeldSocket) -> CInt? {
    state.withLock { state in
      guard let value = socket.value(of: option),
        holding.values.contains(where: { $0.option == option && $0.value != value })
      else { return nil }
      guard var held = state[socket.cookie], let entry = held[option] else { return value }
      if entry.current == value { return nil }
      held[option] = nil
      state[socket.cookie] = held
      return value
    }
  }

  /// How many sockets have options held, for tests.
  package var count: Int { state.withLock { $0.count } }

  /// Whether options of a socket are held, for tests.
  package func holds(cookie: UInt64) -> Bool { state.withLock { $0[cookie] != nil } }
}

/// A socket with held options: its descriptor, its cookie, and the socket calls.
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

  /// Sets an option, and returns the value that reads back: the kernel rounds some values.
  func set(_ option: SocketOption, to value: CInt) throws(Errno) -> CInt {
    try access.setOption(option, of: descriptor, to: value)
    return try access.option(option, of: descriptor)
  }

  /// The error of an option that cannot be read.
  func refusal(of option: SocketOption) -> Errno {
    do throws(Errno) {
      _ = try access.option(option, of: descriptor)
      return .protocolNotAvailable
    } catch {
      return error
    }
  }
}
