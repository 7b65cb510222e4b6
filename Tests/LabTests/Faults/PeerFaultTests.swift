import CFlatline
import FlatlineCore
import FlatlineLab
import Glibc
import Testing

/// What is done to the peer's program is what its name says.
struct PeerFaultTests {
  /// Strikes an idle connection to an echoing peer, and looks.
  private func strike(
    _ fault: Fault, behaviour: PeerBehaviour = .echo,
    _ look: (Lab, LabConnection, Strike) throws -> Void
  ) throws {
    let lab = try Lab(behaviour: behaviour)
    defer { lab.close() }
    let connection = try lab.connect()
    if behaviour == .echo { #expect(connection.socket.echoes()) }
    let strike = try lab.strike(fault, on: connection)
    #expect(strike.began <= strike.inForce)
    try look(lab, connection, strike)
  }

  @Test func gracefulClose() throws {
    try strike(.gracefulClose) { _, connection, _ in
      #expect(comesTrue(within: .seconds(2)) { connection.socket.events & Socket.readHangUp != 0 })
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
      #expect(connection.socket.receive() == [])
    }
  }

  @Test func closeWithUnreadData() throws {
    try strike(.closeWithUnreadData) { lab, connection, _ in
      #expect(comesTrue(within: .seconds(2)) { connection.socket.events & POLLERR != 0 })
      #expect(connection.socket.error == ECONNRESET)
      // Only that connection: the peer goes on.
      let other = try lab.connect()
      #expect(other.socket.echoes())
    }
  }

  @Test func halfClose() throws {
    try strike(.halfClose, behaviour: .drain) { lab, connection, _ in
      #expect(comesTrue(within: .seconds(2)) { connection.socket.events & Socket.readHangUp != 0 })
      #expect(connection.socket.send(1000) == 1000)
      // The peer still takes what is sent.
      #expect(comesTrue(within: .seconds(2)) { connection.socket.info.unacked == 0 })
      pause(.milliseconds(200))
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
      let count = try lab.peer.connectionCount()
      #expect(count == 1)
    }
  }

  @Test func halfCloseOfAnEchoingPeerStaysHalf() throws {
    try strike(.halfClose) { lab, connection, _ in
      connection.socket.send(1000)
      #expect(comesTrue(within: .seconds(2)) { connection.socket.info.unacked == 0 })
      pause(.milliseconds(200))
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
      let count = try lab.peer.connectionCount()
      #expect(count == 1)
    }
  }

  @Test func reset() throws {
    try strike(.reset) { _, connection, _ in
      #expect(comesTrue(within: .seconds(2)) { connection.socket.events & POLLERR != 0 })
      #expect(connection.socket.error == ECONNRESET)
    }
  }

  @Test func processKilled() throws {
    let lab = try Lab()
    defer { lab.close() }
    let pid = lab.peer.pid
    let connection = try lab.connect()
    #expect(kill(pid, 0) == 0)
    let strike = try lab.strike(.processKilled, on: connection)
    #expect(comesTrue(within: .seconds(2)) { kill(pid, 0) != 0 && errno == ESRCH })
    #expect(comesTrue(within: .seconds(2)) { connection.socket.receive() == [] })
    #expect(throws: LabError.self) { try lab.peer.connectionCount() }
    try strike.heal()
    #expect(try lab.peer.connectionCount() == 0)
    #expect(lab.peer.pid != pid)
  }

  @Test func processFrozen() throws {
    try strike(.processFrozen) { lab, connection, strike in
      connection.socket.send()
      // Its kernel takes the byte, its program does not answer.
      #expect(comesTrue(within: .seconds(2)) { connection.socket.info.unacked == 0 })
      pause(.milliseconds(300))
      #expect(connection.socket.receive() == nil)
      #expect(throws: LabError.timedOut(waitingFor: "the peer's count")) { try lab.peer.connectionCount() }
      try strike.heal()
      #expect(comesTrue(within: .seconds(2)) { connection.socket.receive() == [1] })
      let count = try lab.peer.connectionCount()
      #expect(count == 1)
    }
  }

  @Test func aFrozenProcessCanBeKilled() throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect()
    lab.peer.freeze()
    lab.peer.kill()
    #expect(comesTrue(within: .seconds(2)) { connection.socket.receive() == [] })
  }

  @Test func zeroWindow() throws {
    try strike(.zeroWindow) { lab, connection, strike in
      #expect(comesTrue(within: .seconds(5)) { connection.socket.info.snd_wnd == 0 })
      let before = connection.socket.info.bytes_acked
      pause(.seconds(1))
      #expect(connection.socket.info.bytes_acked == before)
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
      try strike.heal()
      #expect(comesTrue(within: .seconds(5)) { connection.socket.info.snd_wnd > 0 })
    }
  }

  @Test func slowPeer() throws {
    try strike(.slowPeer, behaviour: .drain) { _, connection, strike in
      // The peer's buffer fills first; from then on its pace is what counts.
      #expect(comesTrue(within: .seconds(5)) { connection.socket.info.snd_wnd < 4096 })
      let before = connection.socket.info.bytes_acked
      pause(.seconds(4))
      let rate = Double(connection.socket.info.bytes_acked - before) / 4
      // The window opens in steps of up to half a buffer of some 128 kB.
      #expect((32_000...96_000).contains(rate), "\(rate) bytes a second")
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
      try strike.heal()
      #expect(connection.traffic == .idle)
    }
  }

  @Test func aFloodFloods() throws {
    let lab = try Lab(behaviour: .flood)
    defer { lab.close() }
    let connection = try lab.connect()
    var bytes = 0
    #expect(
      comesTrue(within: .seconds(5)) {
        bytes += connection.socket.receive()?.count ?? 0
        return bytes > 1_000_000
      })
    try lab.peer.behave(.drain)
    #expect(lab.peer.behaviour == .drain)
  }

  @Test func eachLineGetsItsAnswer() throws {
    let lab = try Lab(behaviour: PeerBehaviour(answer: .lineEnds))
    defer { lab.close() }
    let connection = try lab.connect()
    let text = Array("no end, one\ntwo\n\n".utf8)
    #expect(send(connection.descriptor, text, text.count, CInt(MSG_NOSIGNAL)) == text.count)
    var answer: [UInt8] = []
    #expect(
      comesTrue(within: .seconds(2)) {
        answer += connection.socket.receive() ?? []
        return answer.count >= 3
      })
    pause(.milliseconds(50))
    #expect(connection.socket.receive() == nil)
    #expect(answer == Array("\n\n\n".utf8))
  }

  @Test func activeTrafficIsAsRegularAsAsked() throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect(.active(bytes: 50, every: .milliseconds(20)))
    pause(.seconds(1))
    try connection.setTraffic(.idle)
    let sent = connection.socket.info.bytes_sent
    #expect((45 * 50...55 * 50).contains(Int(sent)), "\(sent) bytes")
    pause(.milliseconds(100))
    #expect(connection.socket.info.bytes_sent == sent)
    #expect(throws: LabError.self) { try connection.setTraffic(.active(bytes: 0, every: .seconds(1))) }
  }
}
