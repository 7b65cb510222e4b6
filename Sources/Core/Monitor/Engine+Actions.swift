/// Carries out the detectors' actions.
extension Engine {
  /// Carries out the actions of a look, only on the borrowed socket.
  func perform(_ wake: Wake, _ now: MonotonicTime) {
    guard !actions.isEmpty else { return }
    // Take the list first: a ping may call the monitor.
    let asked = actions
    actions.removeAll(keepingCapacity: true)
    guard slots.contains(wake.id), !slots[wake.slot].isEnded else { return }
    let entry = slots[wake.slot]
    var isVerified = wake.isVerified
    for (detector, action) in asked {
      guard isVerified || isSameSocket(entry) else { return end(wake.slot, now) }
      switch action {
      case .set(let option, let value):
        isVerified = true
        set(option, to: value, entry)
      case .hold(let option):
        isVerified = true
        change(option, of: detector, entry) { options.hold($0, by: $1, on: $2) }
      case .release(let option):
        isVerified = true
        change(option, of: detector, entry) { want, holding, socket in
          holding.map { options.release(want, by: $0, on: socket) }
        }
      case .ping:
        ping(wake, detector)
        guard slots.contains(wake.id) else { return }
        // The ping may have closed the descriptor and opened another socket under its number.
        isVerified = false
      }
    }
  }

  private func ping(_ wake: Wake, _ detector: Int) {
    guard let pinger = sockets.pinger(wake.slot) else { return }
    let outcome = pinger.sendPing()
    guard outcome != .sent, slots.contains(wake.id) else { return }
    pend(wake.slot) { wake in
      var detectors = wake.pinged?.detectors ?? DetectorSet()
      detectors.insert(detector)
      wake.pinged = (detectors, outcome)
    }
  }

  /// Changes the options that a connection holds, by one that a detector declares.
  private func change(
    _ option: SocketOption, of detector: Int, _ entry: Slot,
    _ change: (HeldOption, Holding?, HeldSocket) -> Holding?
  ) {
    let group = groups[entry.group]
    let row = Int(entry.row)
    guard let want = group.columns[detector].needs.options.first(where: { $0.option == option }) else {
      return
    }
    let place = group.holdingPlaces[row]
    let changed = change(want, group.holdings[place], heldSocket(entry)).map { group.holdings.place($0) } ?? 0
    if changed != place { group.holdingPlaces[row] = changed }
  }

  private func set(_ option: SocketOption, to value: CInt, _ entry: Slot) {
    let group = groups[entry.group]
    let row = Int(entry.row)
    guard let holding = group.holdings[group.holdingPlaces[row]],
      let changed = options.set(option, to: value, by: holding, on: heldSocket(entry))
    else { return }
    group.holdingPlaces[row] = group.holdings.place(changed)
  }
}
