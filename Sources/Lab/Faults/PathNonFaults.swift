/// Trouble on the path of a live connection.
extension Fault {
  /// "loss-1": 1% of the packets is lost, both ways.
  public static let loss1 = loss("loss-1", 0.01, Direction.allCases)
  /// "loss-10": 10% of the packets are lost, both ways.
  public static let loss10 = loss("loss-10", 0.1, Direction.allCases)
  /// "loss-30": 30% of the packets are lost, both ways.
  public static let loss30 = loss("loss-30", 0.3, Direction.allCases)
  /// "loss-30-out": 30% of what the client sends is lost.
  public static let loss30Out = loss("loss-30-out", 0.3, [.toServer])

  /// Random loss of each way's packets, called "loss-5" for a share of 0.05.
  /// - Parameter share: from 0 to 1.
  public static func loss(_ share: Double) -> Fault {
    loss("loss-\(Int((share * 100).rounded()))", share, Direction.allCases)
  }

  /// "bursty-loss": 10% of the packets are lost, in bursts of five on average.
  public static let burstyLoss = condition(
    "bursty-loss", "10% of the packets are lost, in bursts of five on average"
  ) { $0.loss = .bursty(GilbertElliott(goodToBad: 0.2 / 9, badToGood: 0.2)) }

  /// "jitter": each packet takes 50 ms more, give or take 50 ms.
  public static let jitter = condition(
    "jitter", "each packet takes 50 ms more, give or take 50 ms"
  ) {
    $0.delay += .milliseconds(50)
    $0.jitter = .milliseconds(50)
  }

  /// "stall-300ms": nothing passes for 300 ms, then all waiting packets pass.
  public static let stall300ms = stall("stall-300ms", .milliseconds(300))
  /// "stall-2s": nothing passes for 2 s, then all waiting packets pass.
  public static let stall2s = stall("stall-2s", .seconds(2))

  /// A path that holds all packets for a while and then releases them.
  public static func stall(_ name: String, _ duration: Duration) -> Fault {
    Fault(name, "the path holds everything for \(duration), then lets it go", isFault: false) { lab, _ in
      lab.path.stall(for: duration)
      return { lab.path.stall(for: .zero) }
    }
  }

  /// "thin-path": a bulk transfer on a path of 1 Mbit/s with a queue of 64 kB.
  public static let thinPath = Fault(
    "thin-path", "a big transfer on a path of 1 Mbit/s whose queue takes 64 kB", isFault: false
  ) { lab, connections throws(LabError) in
    let before = Direction.allCases.map { ($0, lab.path.conditions($0)) }
    try lab.path.update {
      $0.rate = 1_000_000
      $0.queueLimit = 64 * 1024
    }
    let healing = try sending(.bulk, connections)
    return { () throws(LabError) in
      for (direction, conditions) in before { try lab.path.set(conditions, direction) }
      try healing()
    }
  }

  /// "path-change": a route fails: 100 ms of silence, then another path with 20 ms more delay each way.
  public static let pathChange = Fault(
    "path-change", "a route fails: 100 ms of silence, then another path, 20 ms longer each way",
    isFault: false
  ) { lab, _ throws(LabError) in
    let before = Direction.allCases.map { ($0, lab.path.conditions($0)) }
    try lab.path.update { $0.blackhole = true }
    let later = try lab.later(.milliseconds(100)) { lab throws(LabError) in
      try lab.path.update {
        $0.blackhole = false
        $0.delay += .milliseconds(20)
      }
    }
    return { () throws(LabError) in
      later.cancel()
      for (direction, conditions) in before { try lab.path.set(conditions, direction) }
    }
  }

  private static func loss(_ name: String, _ share: Double, _ directions: [Direction]) -> Fault {
    let percent = Int((share * 100).rounded())
    let ways = directions.count == 1 ? "the packets to the server" : "each way's packets"
    return Fault(name, "\(percent)% of \(ways) are lost at random", isFault: false) {
      lab, _ throws(LabError) in
      let before = directions.map { ($0, lab.path.conditions($0)) }
      for direction in directions { try lab.path.update(direction) { $0.loss = .random(share) } }
      return { () throws(LabError) in
        for (direction, conditions) in before { try lab.path.set(conditions, direction) }
      }
    }
  }

  private static func condition(
    _ name: String, _ summary: String, _ change: @escaping @Sendable (inout PathConditions) -> Void
  ) -> Fault {
    Fault(name, summary, isFault: false) { lab, _ throws(LabError) in
      let before = Direction.allCases.map { ($0, lab.path.conditions($0)) }
      try lab.path.update(nil, change)
      return { () throws(LabError) in
        for (direction, conditions) in before { try lab.path.set(conditions, direction) }
      }
    }
  }
}
