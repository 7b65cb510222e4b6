import CFlatline
import FlatlineCore
import FlatlineLab
import Glibc
import Testing

/// What faults of one direction, and of half-closed connections, show to the client's kernel.
struct DirectionFaultTests {
  private func strike(
    _ fault: Fault, traffic: LabConnection.Traffic = .idle,
    _ look: (Lab, LabConnection, Strike) throws -> Void
  ) throws {
    let lab = try Lab(behaviour: .drain)
    defer { lab.close() }
    let connection = try lab.connect(traffic)
    try fault.setScene(lab, on: [connection])
    pause(.milliseconds(500))
    try look(lab, connection, try lab.strike(fault, on: connection))
  }

  /// Large segments are sent again, and none of them is ever acknowledged. What passes is small.
  @Test func largePacketsLostOut() throws {
    try strike(.largePacketsLostOut) { lab, connection, strike in
      #expect(comesTrue(within: .seconds(5)) { connection.socket.info.retransmits >= 2 })
      let info = connection.socket.info
      // The SYN, and what was sent before.
      #expect(info.bytes_acked <= 2)
      #expect(info.unacked > 0)
      let counts = lab.path.counts(.toServer)
      #expect(counts.discarded > 2)
      // The rest of a write comes out of order, and is answered.
      #expect(connection.socket.events & (POLLHUP | POLLERR) == 0)
      try strike.heal()
      #expect(connection.traffic == .idle)
      #expect(comesTrue(within: .seconds(10)) { connection.socket.info.unacked == 0 })
      #expect(lab.path.conditions(.toServer) == .perfect)
    }
  }

  /// Out-of-order segments come in, and no byte in order.
  @Test func largePacketsLostIn() throws {
    try strike(.largePacketsLostIn) { lab, connection, strike in
      #expect(comesTrue(within: .seconds(5)) { connection.socket.info.rcv_ooopack > 0 })
      let before = connection.socket.info
      pause(.milliseconds(700))
      let after = connection.socket.info
      #expect(after.bytes_received == before.bytes_received)
      #expect(after.state == 1)
      // Our own small segments pass all the while.
      connection.socket.send()
      #expect(comesTrue(within: .seconds(2)) { connection.socket.info.unacked == 0 })
      try strike.heal()
      #expect(
        comesTrue(within: .seconds(10)) { connection.socket.info.bytes_received > after.bytes_received })
    }
  }

  /// The peer's retransmissions come in, and no new byte.
  @Test func receiveOnlyDrop() throws {
    try strike(.receiveOnlyDrop) { lab, connection, strike in
      #expect(connection.socket.info.bytes_received > 300)
      pause(.milliseconds(900))
      let before = connection.socket.info
      #expect(
        comesTrue(within: .seconds(8)) { connection.socket.info.data_segs_in >= before.data_segs_in + 2 })
      let after = connection.socket.info
      #expect(after.bytes_received == before.bytes_received)
      #expect(after.segs_in > before.segs_in)
      // It keeps its hands off what it sends itself: nothing.
      #expect(after.unacked == 0)
      #expect(lab.path.counts(.toServer).discarded > 1)
      try strike.heal()
      #expect(
        comesTrue(within: .seconds(15)) { connection.socket.info.bytes_received > after.bytes_received })
    }
  }

  /// A strike sets the scene where nobody has, and its healing takes it back.
  @Test(arguments: [
    Fault.receiveOnlyDrop, .largePacketsLostIn, .sendOnlyDrop, .halfClosedDrop, .busyStreamDrop,
  ])
  func scenesAreTakenBack(_ fault: Fault) throws {
    let lab = try Lab(behaviour: .drain)
    defer { lab.close() }
    let connection = try lab.connect()
    let strike = try lab.strike(fault, on: connection)
    #expect(lab.peer.behaviour != .drain || connection.traffic != .idle || connection.isBusy)
    try strike.heal()
    #expect(lab.peer.behaviour == .drain)
    #expect(connection.traffic == .idle)
    #expect(!connection.isReading && !connection.isBusy)
  }

  @Test func sendOnlyDrop() throws {
    try strike(.sendOnlyDrop) { lab, connection, strike in
      #expect(connection.socket.info.bytes_acked > 3000)
      #expect(comesTrue(within: .seconds(5)) { connection.socket.info.retransmits >= 2 })
      let received = connection.socket.info.segs_in
      pause(.milliseconds(500))
      #expect(connection.socket.info.segs_in == received)
      #expect(lab.path.counts(.toClient).discarded > 1)
      try strike.heal()
      #expect(comesTrue(within: .seconds(10)) { connection.socket.info.retransmits == 0 })
    }
  }

  /// FIN_WAIT2 where the client was idle; FIN_WAIT1, with the FIN in flight, where it was sending.
  @Test(arguments: [(LabConnection.Traffic.idle, UInt8(5)), (.active, UInt8(4))])
  func halfClosedDrop(_ traffic: LabConnection.Traffic, _ state: UInt8) throws {
    try strike(.halfClosedDrop, traffic: traffic) { lab, connection, _ in
      #expect(connection.socket.info.state == state)
      pause(.milliseconds(800))
      let info = connection.socket.info
      #expect(info.state == state)
      #expect((info.retransmits > 0) == (traffic != .idle))
      // The server keeps its own direction.
      let count = try lab.peer.connectionCount()
      #expect(count == 1)
      #expect(connection.socket.events & (POLLHUP | POLLERR | Socket.readHangUp) == 0)
    }
  }

  /// CLOSE_WAIT, and what is sent afterwards stays in flight.
  @Test func halfClosedDropByTheServer() throws {
    try strike(.halfClosedDrop(by: .server)) { _, connection, _ in
      #expect(connection.socket.info.state == 8)
      connection.socket.send()
      #expect(comesTrue(within: .seconds(3)) { connection.socket.info.retransmits >= 1 })
    }
  }

  @Test func busyStreamDrop() throws {
    try strike(.busyStreamDrop) { lab, connection, strike in
      #expect(connection.isBusy)
      #expect(lab.path.conditions(.toServer).blackhole && lab.path.conditions(.toClient).blackhole)
      try strike.heal()
    }
  }
}
