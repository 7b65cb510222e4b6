import CFlatline
import CFlatlineLab
import FlatlineCore
import FlatlineLab
import Glibc
import Testing

/// What is asked of a path comes out: real packets, sent through the lab and timed at both ends.
struct MeasurementTests {
  /// One numbered datagram at the other end: how long it took.
  private struct Arrival {
    let number: Int
    let took: Duration
  }

  /// Sends numbered datagrams from the client to the server, and receives until none has come for a while.
  ///
  /// - Parameters:
  ///   - spacing: between bursts.
  ///   - burst: datagrams sent at once.
  private func send(
    _ count: Int, through lab: Lab, spacing: Duration, burst: Int = 1, bytes: Int = 100, patience: Duration
  ) throws -> [Arrival] {
    let receiver = try Datagrams(on: lab.server)
    let sender = try Datagrams(on: lab.client, connectedTo: lab.server.address, port: receiver.port)
    var sent: [MonotonicTime] = []
    var arrivals: [Arrival] = []
    var due = MonotonicTime.now()
    var lastHeard = due
    while sent.count < count || MonotonicTime.now() < lastHeard + patience {
      if sent.count < count, MonotonicTime.now() >= due {
        for _ in 0..<min(burst, count - sent.count) {
          var payload = [UInt8](repeating: 0, count: bytes)
          withUnsafeBytes(of: UInt32(sent.count)) { payload.replaceSubrange(0..<4, with: $0) }
          sent.append(.now())
          Glibc.send(sender.socket.descriptor, payload, bytes, 0)
        }
        due = due + spacing
        lastHeard = .now()
      }
      let next = sent.count < count ? due : lastHeard + patience
      _ = wait(receiver, next)
      while let payload = receiver.socket.receive(2048) {
        let now = MonotonicTime.now()
        let number = Int(payload.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
        arrivals.append(Arrival(number: number, took: now - sent[number]))
        lastHeard = now
      }
    }
    return arrivals
  }

  private func wait(_ receiver: Datagrams, _ until: MonotonicTime) -> Bool {
    let rest = max(.zero, until - MonotonicTime.now())
    return flatline_lab_wait([receiver.socket.descriptor], 1, rest.clampedNanoseconds) > 0
  }

  private func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  private func isWithinFivePercent(_ measured: Double, of asked: Double) -> Bool {
    abs(measured - asked) <= asked * 0.05
  }

  @Test(arguments: [Duration.milliseconds(5), .milliseconds(20), .milliseconds(100)])
  func delayComesOutAsAsked(_ delay: Duration) throws {
    let lab = try Lab(conditions: PathConditions(delay: delay))
    defer { lab.close() }
    let arrivals = try send(
      200, through: lab, spacing: .milliseconds(5), patience: delay * 2 + .milliseconds(50))
    #expect(arrivals.count == 200)
    let median = quantile(arrivals.map(\.took.seconds), 0.5)
    #expect(isWithinFivePercent(median, of: delay.seconds), "\(median) s")
    print("delay: asked \(delay), median \(median * 1000) ms")
  }

  @Test func jitterComesOutAsAsked() throws {
    let lab = try Lab(conditions: PathConditions(delay: .milliseconds(20), jitter: .milliseconds(4)))
    defer { lab.close() }
    // Spaced wider than the jitter, so that no packet waits for another.
    let arrivals = try send(1000, through: lab, spacing: .milliseconds(9), patience: .milliseconds(100))
    #expect(arrivals.count == 1000)
    let took = arrivals.map(\.took.seconds)
    // The middle half of an even spread of ±4 ms is 4 ms wide. 1000 draws of seed 1 have that within 3%.
    let middle = quantile(took, 0.75) - quantile(took, 0.25)
    #expect(isWithinFivePercent(middle, of: 0.004), "\(middle) s")
    #expect(isWithinFivePercent(quantile(took, 0.5), of: 0.020))
    print("jitter: asked ±4 ms, the middle half is \(middle * 1000) ms wide")
  }

  @Test(arguments: [0.1, 0.3])
  func lossComesOutAsAsked(_ share: Double) throws {
    let lab = try Lab(conditions: PathConditions(loss: .random(share)))
    defer { lab.close() }
    let arrivals = try send(
      20_000, through: lab, spacing: .milliseconds(4), burst: 40, patience: .milliseconds(200))
    let counts = lab.path.counts(.toServer)
    #expect(counts.lost == 20_000 - arrivals.count, "\(counts)")
    let lost = Double(20_000 - arrivals.count) / 20_000
    #expect(isWithinFivePercent(lost, of: share), "\(lost)")
    print("loss: asked \(share), measured \(lost)")
  }

  @Test func rateComesOutAsAsked() throws {
    let lab = try Lab(conditions: PathConditions(rate: 5_000_000, queueLimit: 64 * 1024))
    defer { lab.close() }
    let receiver = try Datagrams(on: lab.server)
    let sender = try Datagrams(on: lab.client, connectedTo: lab.server.address, port: receiver.port)
    // 1000 bytes of IP packet: 20 of IP and 8 of UDP header. Three times what the path takes.
    let payload = [UInt8](repeating: 0, count: 972)
    var first: MonotonicTime?
    var last = MonotonicTime.now()
    var received = 0
    let start = MonotonicTime.now()
    var bursts = 0
    while MonotonicTime.now() - start < .seconds(2) {
      if MonotonicTime.now() >= start + .milliseconds(5) * bursts {
        for _ in 0..<9 { Glibc.send(sender.socket.descriptor, payload, payload.count, 0) }
        bursts += 1
      }
      _ = wait(receiver, start + .milliseconds(5) * bursts)
      while receiver.socket.receive(2048) != nil {
        last = .now()
        if first == nil { first = last } else { received += 1 }
      }
    }
    let rate = Double(received) * 8000 / (last - (first ?? last)).seconds
    #expect(isWithinFivePercent(rate, of: 5_000_000), "\(rate) bit/s")
    #expect(lab.path.counts(.toServer).overflowed > 0)
    print("rate: asked 5 Mbit/s, measured \(rate / 1e6) Mbit/s")
  }

  @Test func oneSeedLosesTheSamePacketsOnRealPaths() throws {
    func lost(seed: UInt64) throws -> [Int] {
      let lab = try Lab(seed: seed, conditions: PathConditions(loss: .random(0.2)))
      defer { lab.close() }
      let arrivals = try send(500, through: lab, spacing: .milliseconds(1), patience: .milliseconds(200))
      let lost = Set(0..<500).subtracting(arrivals.map(\.number)).sorted()
      #expect(lab.path.lostPackets(.toServer) == lost)
      return lost
    }
    let first = try lost(seed: 7)
    #expect(try lost(seed: 7) == first)
    #expect(try lost(seed: 8) != first)
    #expect(first.count > 50)
  }

  @Test func oneStreamLosesTheSameSegments() throws {
    func lost() throws -> [Int] {
      let lab = try Lab(seed: 3)
      defer { lab.close() }
      let connection = try lab.connect()
      try lab.path.update(.toServer) { $0.loss = .random(0.3) }
      // One segment at a time, each acknowledged before the next: the packets are the same in every run.
      for _ in 0..<20 {
        connection.socket.send(100)
        let isAcknowledged = comesTrue(within: .seconds(20)) { connection.socket.info.unacked == 0 }
        #expect(isAcknowledged)
      }
      return lab.path.lostPackets(.toServer)
    }
    let first = try lost()
    #expect(!first.isEmpty)
    #expect(try lost() == first)
  }

  @Test func theForwarderItselfIsFast() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    lab.path.restartForwarderDelay()
    for _ in 0..<1000 { #expect(connection.socket.echoes()) }
    let delay = try #require(lab.path.forwarderDelay())
    print("forwarder: \(delay.count) packets, median \(delay.median), 99% \(delay.percentile99)")
    #expect(delay.count >= 2000)
    #expect(delay.median < .microseconds(60))
  }

  @Test func bothWaysAndBothEndsAreIndependent() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    try lab.path.update(.toServer) { $0.delay = .milliseconds(30) }
    try lab.path.update(.toClient) { $0.delay = .milliseconds(50) }
    let start = MonotonicTime.now()
    #expect(connection.socket.echoes())
    let took = MonotonicTime.now() - start
    #expect(took >= .milliseconds(80), "\(took)")
    #expect(lab.path.conditions(.toServer).delay == .milliseconds(30))
  }
}
