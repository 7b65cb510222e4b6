/// The options that detectors declare: held while a connection is watched, and restored when the watch ends.
extension Engine {
  func heldSocket(_ entry: Slot) -> HeldSocket {
    HeldSocket(descriptor: entry.descriptor, cookie: entry.cookie, access: sockets.access)
  }

  /// A socket's values of the options that a policy declares. An option that cannot be read is left out.
  func optionValues(_ group: PolicyGroup, _ descriptor: CInt) -> [SocketOption: CInt] {
    guard descriptor >= 0, !group.declaredOptions.isEmpty else { return [:] }
    var values: [SocketOption: CInt] = [:]
    for option in group.declaredOptions where values[option] == nil {
      values[option] = try? sockets.access.option(option, of: descriptor)
    }
    return values
  }

  /// Finds held options that other code has set. Their values stay and are not restored, and evidence reports them.
  ///
  /// They are read when a change matters: at a look without a segment since the look before, as with SO_KEEPALIVE off
  /// or a longer TCP_KEEPIDLE. At other looks a reading is not worth its cost; every sixteenth look makes it.
  ///
  /// - Parameter isQuiet: nothing has come from the peer since the look before.
  /// - Returns: the detectors that hold such an option, to be given a look.
  func findChangedOptions(
    _ wake: inout Wake, _ entry: Slot, _ group: PolicyGroup, _ now: MonotonicTime, isQuiet: Bool
  ) -> DetectorSet {
    if !look.changedOptions.isEmpty { look.changedOptions = [] }
    guard !wake.isOnlyReadiness, wake.readsOptions || isQuiet else { return DetectorSet() }
    let place = group.holdingPlaces[wake.row]
    guard place != 0, let holding = group.holdings[place] else { return DetectorSet() }
    let socket = heldSocket(entry)
    var suspects: [Holding.Value] = []
    for held in holding.values {
      if let value = socket.value(of: held.option), value != held.value { suspects.append(held) }
    }
    // From here on the registry relies on the readings: they must be of the borrowed socket.
    guard !suspects.isEmpty, wake.isVerified || isSameSocket(entry) else { return DetectorSet() }
    wake.isVerified = true
    let changed = suspects.compactMap { held in
      options.giveUp(held.option, of: holding, on: socket).map {
        Holding.Value(option: held.option, value: $0)
      }
    }
    return changed.isEmpty ? DetectorSet() : report(changed, of: holding, wake, entry, group, now)
  }

  /// Releases a connection's held options. Restores them only if the socket is still the borrowed one.
  func releaseOptions(_ entry: Slot, isSameSocket: Bool) {
    let group = groups[entry.group]
    let row = Int(entry.row)
    guard let holding = group.holdings[group.holdingPlaces[row]] else { return }
    group.holdingPlaces[row] = 0
    if isSameSocket {
      options.release(holding, on: heldSocket(entry))
    } else {
      options.forget(holding, cookie: entry.cookie)
    }
  }

  private func report(
    _ changed: [Holding.Value], of holding: Holding, _ wake: Wake, _ entry: Slot, _ group: PolicyGroup,
    _ now: MonotonicTime
  ) -> DetectorSet {
    var rest = holding
    rest.values.removeAll { held in changed.contains { $0.option == held.option } }
    if rest.values.isEmpty { options.forget(rest, cookie: entry.cookie) }
    group.holdingPlaces[wake.row] = group.holdings.place(rest)
    look.changedOptions = changed.map(\.option)
    var concerned = DetectorSet()
    var detectors = group.detectors(wake.row)
    while let detector = detectors.popFirst() {
      // A value that is held for a while only is no setting of the detector's.
      let own = group.columns[detector].needs.options.filter { $0.condition != .whileProbing }.map(\.option)
      let notes = changed.filter { own.contains($0.option) }
        .map { Fact.text("option_changed", "\($0.option)=\($0.value)") }
      if notes.isEmpty { continue }
      concerned.insert(detector)
      note(notes, of: detector, wake, group, now)
    }
    return concerned
  }
}
