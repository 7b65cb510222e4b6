import CFlatline
import FlatlineCore
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// What the path does is what its name says.
struct PathFaultTests {
  private func strike(
    _ fault: Fault, behaviour: PeerBehaviour = .echo, _ look: (Lab, LabConnection, Strike) throws -> Void
  ) throws {
    let lab = try Lab(behaviour: behaviour)
    defer { lab.close() }
    let connection = try lab.connect()
    if behaviour == .echo { #expect(connection.socket.echoes()) }
    try look(lab, connection, try lab.strike(fault, on: connection))
  }

  @Test(arguments: [Fault.silentDrop, .silentDropOut, .silentDropIn])
  func silentDrops(_ fault: Fault) throws {
    try strike(fault) { lab, connection, strike in
      let before = (lab.path.counts(.toServer), lab.path.counts(.toClient))
      connection.socket.send()
      pause(.milliseconds(700))
      #expect(connection.socket.events == 0)
      #expect(connection.socket.info.retransmits >= 1)
      let out = lab.path.counts(.toServer)
      let back = lab.path.counts(.toClient)
      #expect((out.discarded > before.0.discarded) == (fault != .silentDropIn))
      #expect((back.discarded > before.1.discarded) == (fault == .silentDropIn))
      #expect(back.delivered == before.1.delivered)
      try strike.heal()
      #expect(comesTrue(within: .seconds(10)) { connection.socket.receive() == [1] })
    }
  }

  static let refusals: [(fault: Fault, code: UInt8, error: Int32)] = [
    (.icmpNetUnreachable, 0, ENETUNREACH), (.icmpHostUnreachable, 1, EHOSTUNREACH),
    (.icmpPortUnreachable, 3, ECONNREFUSED), (.icmpAdminProhibited, 13, EHOSTUNREACH),
  ]

  @Test(arguments: refusals)
  func icmpRefusals(_ fault: Fault, _ code: UInt8, _ error: Int32) throws {
    try strike(fault) { lab, connection, strike in
      let listener = try lab.client.socket(domain: AF_INET, type: CInt(SOCK_RAW.rawValue), protocol: 1)
      defer { close(listener) }
      let witness = try Datagrams(on: lab.client, connectedTo: lab.server.address, port: 9)
      witness.socket.send()
      #expect(comesTrue(within: .seconds(2)) { witness.socket.error == error })
      let message = Socket(descriptor: listener).receive() ?? []
      #expect(message.dropFirst(20).prefix(2) == [3, code])
      // TCP takes it for a soft error: the connection goes on trying.
      connection.socket.send()
      pause(.milliseconds(300))
      #expect(connection.socket.info.state == 1, "not ESTABLISHED")
      try strike.heal()
      #expect(comesTrue(within: .seconds(10)) { connection.socket.receive() == [1] })
    }
  }

  @Test func firewallReset() throws {
    try strike(.firewallReset) { _, connection, _ in
      pause(.milliseconds(200))
      #expect(connection.socket.events == 0)
      connection.socket.send()
      #expect(comesTrue(within: .seconds(2)) { connection.socket.events & POLLERR != 0 })
      #expect(connection.socket.error == ECONNRESET)
    }
  }

  @Test func injectedResets() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    #expect(connection.socket.echoes())
    #expect(try lab.peer.connectionCount() == 1)
    lab.path.injectResets()
    #expect(comesTrue(within: .seconds(2)) { connection.socket.events & POLLERR != 0 })
    #expect(connection.socket.error == ECONNRESET)
    #expect(try comesTrue(within: .seconds(2)) { try lab.peer.connectionCount() == 0 })
  }

  @Test(arguments: AfterForgetting.allCases)
  func natForgets(_ outcome: AfterForgetting) throws {
    try strike(.natForgets(outcome)) { lab, connection, _ in
      pause(.milliseconds(200))
      #expect(connection.socket.events == 0)
      connection.socket.send()
      if outcome == .drop {
        pause(.milliseconds(500))
        #expect(connection.socket.events == 0)
        #expect(connection.socket.info.retransmits >= 1)
      } else {
        #expect(comesTrue(within: .seconds(2)) { connection.socket.events & POLLERR != 0 })
        #expect(connection.socket.error == ECONNRESET)
      }
      // New connections pass.
      let again = try lab.connect()
      #expect(again.socket.echoes())
    }
  }

  static let losses: [(fault: Fault, share: Double)] = [
    (.loss1, 0.01), (.loss10, 0.1), (.loss30, 0.3), (.loss30Out, 0.3), (.burstyLoss, 0.1),
  ]

  @Test(arguments: losses)
  func losesItsShare(_ fault: Fault, _ asked: Double) throws {
    try strike(fault, behaviour: .drain) { lab, connection, strike in
      let flood = try Datagrams(on: lab.client, connectedTo: lab.server.address, port: 9)
      let before = lab.path.counts(.toServer)
      for _ in 0..<3000 {
        flood.socket.send()
        if flood.socket.error != 0 { flood.socket.send() }
      }
      #expect(
        comesTrue(within: .seconds(5)) { lab.path.counts(.toServer).received > before.received + 2500 })
      let counts = lab.path.counts(.toServer)
      let share = Double(counts.lost - before.lost) / Double(counts.received - before.received)
      #expect(abs(share - asked) < max(0.006, asked * 0.3), "\(share)")
      #expect((lab.path.conditions(.toClient).loss == .none) == (fault == .loss30Out))
      try strike.heal()
      #expect(lab.path.conditions(.toServer) == .perfect)
      // The connection has lived through it.
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
    }
  }

  @Test func jitter() throws {
    try strike(.jitter) { _, connection, strike in
      let trips: [Double] = (0..<12).map { _ in
        let start = MonotonicTime.now()
        #expect(connection.socket.echoes())
        return (MonotonicTime.now() - start).seconds
      }
      // Each way 0 to 100 ms.
      #expect(trips.allSatisfy { $0 < 0.23 }, "\(trips)")
      #expect((trips.max() ?? 0) - (trips.min() ?? 0) > 0.03, "\(trips)")
      try strike.heal()
      #expect(connection.socket.echoes(within: .milliseconds(500)))
    }
  }

  @Test(arguments: [(Fault.stall300ms, 0.3), (.stall2s, 2.0)])
  func stalls(_ fault: Fault, _ length: Double) throws {
    var times: [Duration] = []
    for _ in 0..<5 {
      try strike(fault) { lab, connection, strike in
        #expect(connection.socket.echoes(within: .seconds(4)))
        times.append(MonotonicTime.now() - strike.began)
        #expect(lab.path.counts(.toServer).discarded == 0)
      }
    }
    #expect(times.allSatisfy { $0.seconds >= length }, "\(times)")
    #expect(times.median.seconds <= length + 0.1, "\(times)")
  }

  @Test func thinPath() throws {
    try strike(.thinPath, behaviour: .drain) { _, connection, strike in
      pause(.seconds(1))
      let before = connection.socket.info.bytes_acked
      let start = MonotonicTime.now()
      pause(.seconds(4))
      let rate =
        Double(connection.socket.info.bytes_acked - before) * 8 / (MonotonicTime.now() - start).seconds
      #expect((600_000...1_000_000).contains(rate), "\(rate) bit/s")
      try strike.heal()
      #expect(connection.traffic == .idle)
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
    }
  }

  @Test func pathChange() throws {
    try strike(.pathChange) { lab, connection, strike in
      connection.socket.send()
      pause(.milliseconds(60))
      #expect(connection.socket.receive() == nil)
      #expect(comesTrue(within: .seconds(3)) { connection.socket.receive() == [1] })
      let start = MonotonicTime.now()
      #expect(connection.socket.echoes())
      #expect(MonotonicTime.now() - start >= .milliseconds(40))
      try strike.heal()
      #expect(lab.path.conditions(.toServer) == .perfect)
    }
  }
}
