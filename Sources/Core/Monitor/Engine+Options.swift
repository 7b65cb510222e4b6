/// The options that detectors declare: held while a connection is watched, and restored at its end.
extension Engine {
  func heldSocket(_ entry: Slot) -> HeldSocket {
    HeldSocket(descriptor: entry.descriptor, cookie: entry.cookie, access: sockets.access)
  }

  /// What the declared options of a policy are on a socket; what cannot be read is left out.
  func optionValues(_ group: PolicyGroup, _ descriptor: CInt) -> [SocketOption: CInt] {
    guard descriptor >= 0, !group.declaredOptions.isEmpty else { return [:] }
    var values: [SocketOption: CInt] = [:]
    for option in group.declaredOptions where values[option] == nil {
      values[option] = try? sockets.access.option(option, of: descriptor)
    }
    return values
  }

  /// Notices held options that somebody else has set: their values stay, nobody restores them, and evidence says so.
  ///
  /// SO_KEEPALIVE is read at every look: switched off, it would leave an idle connection unseen. The others cost too much to be
  /// read at more than every fourth.
  ///
  /// - Returns: the detectors that hold such an option, to be given a look.
  func findChangedOptions(
    _ wake: inout Wake, _ entry: Slot, _ group: PolicyGroup, _ now: MonotonicTime
  ) -> SeatSet {
    if !look.changedOptions.isEmpty { look.changedOptions = [] }
    let place = group.holdingPlaces[wake.row]
    guard place != 0, !wake.isOnlyReadiness, let holding = group.holdings[place] else { return SeatSet() }
    let socket = heldSocket(entry)
    var changed: [Holding.Value] = []
    for held in holding.values where wake.readsAllOptions || held.option == .keepalive {
      guard let value = socket.value(of: held.option), value != held.value,
        !options.isHeld(held.option, at: value, cookie: entry.cookie)
      else { continue }
      changed.append(Holding.Value(option: held.option, value: value))
    }
    guard !changed.isEmpty, wake.isVerified || isSameSocket(entry) else { return SeatSet() }
    wake.isVerified = true
    return report(changed, of: holding, wake, group, now)
  }

  private func report(
    _ changed: [Holding.Value], of holding: Holding, _ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime
  ) -> SeatSet {
    var rest = holding
    rest.values.removeAll { held in changed.contains { $0.option == held.option } }
    group.holdingPlaces[wake.row] = group.holdings.place(rest)
    look.changedOptions = changed.map(\.option)
    var concerned = SeatSet()
    var seats = group.seats(wake.row)
    while let seat = seats.popFirst() {
      let own = group.columns[seat].needs.options.map(\.option)
      let notes = changed.filter { own.contains($0.option) }
        .map { Fact.text("option_changed", "\($0.option)=\($0.value)") }
      if notes.isEmpty { continue }
      concerned.insert(seat)
      let evidence = Evidence(.abstaining, layer: .connection, at: now, notes: notes)
      outbox.post(.evidence(wake.id, Ballot(detector: group.names[seat], evidence: evidence)))
    }
    return concerned
  }
}
