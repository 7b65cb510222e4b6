import CFlatline
import FlatlineCore
import FlatlineLab
import Glibc
import Testing

/// Trouble at the ends of a living connection is what its name says, and passes.
struct PeerNonFaultTests {
  /// The kernel acknowledges at once, the program answers after its pause.
  @Test func programPause() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    #expect(connection.socket.echoes())
    let strike = try lab.strike(.programPause400ms, on: connection)
    connection.socket.send()
    #expect(comesTrue(within: .milliseconds(300)) { connection.socket.info.unacked == 0 })
    #expect(comesTrue(within: .seconds(3)) { connection.socket.receive() == [1] })
    #expect(MonotonicTime.now() - strike.began >= .milliseconds(400))
  }

  /// Our window closes, and opens again once the program reads.
  @Test func backPressure() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    let strike = try lab.strike(.backPressure, on: connection)
    #expect(!connection.isReading)
    let received = connection.socket.info.bytes_received
    #expect(
      comesTrue(within: .seconds(15)) { connection.socket.info.rcv_wnd < 4000 },
      "\(connection.socket.info.rcv_wnd)")
    #expect(connection.socket.info.bytes_received > received)
    // The peer's kernel answers: its window is open.
    connection.socket.send()
    #expect(comesTrue(within: .seconds(2)) { connection.socket.info.unacked == 0 })
    try strike.heal()
    #expect(lab.peer.behaviour == .echo)
    connection.setReading(true)
    #expect(
      comesTrue(within: .seconds(10)) { connection.socket.info.rcv_wnd > 4000 },
      "\(connection.socket.info.rcv_wnd)")
  }

  /// Established here and SYN_RECV there: the server's SYN-ACKs come again, and data stays unacknowledged until the program
  /// takes the connection.
  @Test func acceptQueueFull() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let fault = Fault.acceptQueueFull
    let connections = try fault.connect(lab, 3)
    #expect(connections.count == 3)
    #expect(try lab.peer.connectionCount() == 0)
    for connection in connections { #expect(connection.socket.info.state == 1) }
    let (idle, sending) = (connections[0], connections[1])
    sending.socket.send()
    let before = idle.socket.info.segs_in
    #expect(comesTrue(within: .seconds(6)) { idle.socket.info.segs_in >= before + 2 })
    #expect(sending.socket.info.unacked > 0)
    #expect(sending.socket.info.retransmits >= 2)
    let strike = try lab.strike(fault, on: connections)
    pause(.milliseconds(100))
    #expect(sending.socket.info.unacked > 0)
    #expect(comesTrue(within: .seconds(20)) { sending.socket.receive() == [1] })
    #expect(MonotonicTime.now() - strike.began >= .seconds(5))
    #expect(comesTrue(within: .seconds(20)) { idle.socket.echoes(within: .seconds(1)) })
    try strike.heal()
  }

  @Test func aNewConnectionIsTakenAfterAFullQueue() throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    _ = try lab.connectUnaccepted(2)
    try lab.peer.setAccepting(true)
    #expect(try lab.connect().socket.echoes(within: .seconds(5)))
  }

  @Test func busyStream() throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect()
    let strike = try lab.strike(.busyStream, on: connection)
    #expect(connection.isBusy)
    try strike.heal()
    #expect(!connection.isBusy)
  }
}
