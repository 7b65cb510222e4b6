import FlatlineCore

/// Trouble of a live connection at its ends.
extension Fault {
  /// "program-pause-400ms": the peer's program is stopped for 400 ms, then goes on.
  public static let programPause400ms = programPause("program-pause-400ms", .milliseconds(400))
  /// "program-pause-4s": the peer's program is stopped for 4 s, then goes on.
  public static let programPause4s = programPause("program-pause-4s", .seconds(4))

  /// The peer's program is stopped (SIGSTOP) for a while, as by a garbage collection; its kernel answers for it.
  ///
  /// - Parameters:
  ///   - name: in kebab case.
  ///   - duration: the length of the pause.
  public static func programPause(_ name: String, _ duration: Duration) -> Fault {
    Fault(name, "the peer's program is stopped for \(duration), then goes on", isFault: false) {
      lab, connections throws(LabError) in
      for connection in connections { connection.peer.freeze() }
      let resuming: @Sendable () -> Void = { for connection in connections { connection.peer.resume() } }
      let later = try lab.later(duration) { _ in resuming() }
      return {
        later.cancel()
        resuming()
      }
    }
  }

  /// "back-pressure": the client's program does not read for 20 s, while the server answers and sends on.
  public static let backPressure = Fault(
    "back-pressure", "the client's program does not read for 20 s, while the server answers and sends on",
    isFault: false, isOfTheReader: true,
    scene: { _, connections throws(LabError) in
      let reading = connections.map { ($0, $0.isReading) }
      for connection in connections { connection.setReading(true) }
      let healing = try behaving(connections) { $0.stream = .init(bytes: 4000, every: .milliseconds(100)) }
      return { () throws(LabError) in
        try healing()
        for (connection, isReading) in reading { connection.setReading(isReading) }
      }
    },
    action: { lab, connections throws(LabError) in
      for connection in connections { connection.setReading(false) }
      let reading: @Sendable () -> Void = { for connection in connections { connection.setReading(true) } }
      let later = try lab.later(.seconds(20)) { _ in reading() }
      return {
        later.cancel()
        reading()
      }
    })

  /// "accept-queue-full": the server's program takes the connection 5 s late: its queue was full.
  public static let acceptQueueFull = Fault(
    "accept-queue-full", "the server's queue is full: its program takes the connection 5 s late",
    isFault: false,
    connecting: { lab, count throws(LabError) in try lab.connectUnaccepted(count) },
    action: { lab, connections throws(LabError) in
      let accepting: @Sendable () throws(LabError) -> Void = { () throws(LabError) in
        for connection in connections { try connection.peer.setAccepting(true) }
      }
      let later = try lab.later(.seconds(5)) { _ throws(LabError) in try accepting() }
      return { () throws(LabError) in
        later.cancel()
        try accepting()
      }
    })

  /// "busy-stream": the client has no turn to ping for 12 s.
  public static let busyStream = Fault(
    "busy-stream", "the client has no turn to ping for 12 s, as during a long query", isFault: false
  ) { lab, connections throws(LabError) in
    for connection in connections { connection.setBusy(true) }
    let idling: @Sendable () -> Void = { for connection in connections { connection.setBusy(false) } }
    let later = try lab.later(.seconds(12)) { _ in idling() }
    return {
      later.cancel()
      idling()
    }
  }
}
