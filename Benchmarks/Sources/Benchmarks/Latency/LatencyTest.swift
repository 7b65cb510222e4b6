import CBenchmarks
import Glibc

/// From just before a peer's `close()` to the moment the watcher's callback runs.
struct LatencyTest {
  enum End: String, Codable, Sendable {
    case fin
    case rst
  }

  let end: End
  let rounds: Int

  /// Rounds at the start that are not counted: first calls are slow in every contender.
  private static let warmUp = 20
  /// Lets the watcher finish with the new connection and go to sleep.
  private static let settling: useconds_t = 2000
  /// A callback later than this never comes.
  private static let patience: CInt = 5000

  /// Ends one connection a contender in each round, so that what disturbs one disturbs all.
  func run(_ names: [ContenderName]) throws -> [LatencyResult] {
    let listener = try Loopback.listen()
    defer { close(listener.descriptor) }
    let contenders = try names.map { (name: $0, contender: try $0.make()) }
    var samples = [ContenderName: [Double]](minimumCapacity: names.count)
    for round in 0..<(rounds + LatencyTest.warmUp) {
      // Everyone goes first equally often.
      for turn in contenders.indices {
        let (name, contender) = contenders[(turn + round) % contenders.count]
        let microseconds = try measure(name, contender, listener)
        if round >= LatencyTest.warmUp { samples[name, default: []].append(microseconds) }
      }
    }
    let results = names.map { LatencyResult(contender: $0, end: end, samples: samples[$0] ?? []) }
    return LatencyResult.compare(results)
  }

  private func measure(
    _ name: ContenderName, _ contender: any Contender, _ listener: (descriptor: CInt, port: UInt16)
  ) throws -> Double {
    let client = try Loopback.connect(port: listener.port)
    let peer = try Loopback.accept(listener.descriptor)
    if end == .rst { try Loopback.resetAtClose(peer) }
    try contender.watch(client)
    usleep(LatencyTest.settling)
    contender.mark.arm()
    let start = bench_now()
    close(peer)
    guard let time = contender.mark.wait(milliseconds: LatencyTest.patience) else {
      throw Failure.other(
        "\(name.rawValue) did not tell of a \(end.rawValue) within \(LatencyTest.patience) ms")
    }
    try contender.dropLast(client)
    return Double(time - start) / 1000
  }
}
