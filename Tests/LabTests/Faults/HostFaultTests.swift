import CFlatline
import FlatlineCore
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// What befalls hosts and cables is what its name says.
struct HostFaultTests {
  /// Strikes a connection to an echoing peer, and looks.
  private func strike(
    _ fault: Fault, _ traffic: LabConnection.Traffic = .idle,
    _ look: (Lab, LabConnection, Strike) throws -> Void
  ) throws {
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    #expect(connection.socket.echoes())
    try connection.setTraffic(traffic)
    try look(lab, connection, try lab.strike(fault, on: connection))
  }

  /// The errno of a datagram from the client to the server's network: 0 where it goes out.
  private func sending(_ lab: Lab) -> Int32 {
    do {
      let datagrams = try Datagrams(on: lab.client, connectedTo: lab.server.address, port: 9)
      return datagrams.socket.send() == 1 ? 0 : errno
    } catch LabError.systemCall(_, let error) {
      return error.rawValue
    } catch {
      Issue.record(error)
      return -1
    }
  }

  @Test func hostCrash() throws {
    try strike(.hostCrash) { lab, connection, strike in
      let delivered = lab.path.counts(.toClient).delivered
      #expect(connection.socket.send() == 1)
      pause(.milliseconds(1000))
      // Neither a FIN nor a RST nor an ACK came, and none will.
      #expect(connection.socket.events == 0)
      #expect(connection.socket.info.retransmits >= 1)
      #expect(lab.path.counts(.toClient).delivered == delivered)
      try strike.heal()
      // The host that comes back knows nothing of the connection.
      #expect(comesTrue(within: .seconds(5)) { connection.socket.events & POLLERR != 0 })
      #expect(connection.socket.error == ECONNRESET)
    }
  }

  @Test func hostReboot() throws {
    try strike(.hostReboot(downtime: .milliseconds(400)), .active) { lab, connection, strike in
      pause(.milliseconds(250))
      #expect(connection.socket.events & (POLLERR | POLLHUP) == 0)
      // The traffic's sender takes the error; the hang-up stays.
      #expect(comesTrue(within: .seconds(5)) { connection.socket.events & POLLHUP != 0 })
      #expect(MonotonicTime.now() - strike.inForce > .milliseconds(380))
      let again = try lab.connect()
      #expect(again.socket.echoes())
    }
  }

  @Test func remoteCable() throws {
    var times: [Duration] = []
    for _ in 0..<5 {
      try strike(.remoteCable, .active) { lab, connection, strike in
        let witness = try Datagrams(on: lab.client, connectedTo: lab.server.address, port: 9)
        witness.socket.send()
        #expect(comesTrue(within: .seconds(5)) { witness.socket.events & POLLERR != 0 })
        times.append(MonotonicTime.now() - strike.inForce)
        #expect(witness.socket.error == EHOSTUNREACH)
        // The client's own link is untouched.
        #expect(try lab.client.hasCarrier())
        #expect(try !lab.server.hasCarrier())
        try strike.heal()
        #expect(comesTrue(within: .seconds(10)) { connection.socket.info.unacked == 0 })
      }
    }
    #expect(times.allSatisfy { $0 >= .seconds(3) }, "\(times)")
    #expect(times.median <= .milliseconds(3500), "\(times)")
  }

  @Test func localCable() throws {
    try strike(.localCable) { lab, connection, strike in
      #expect(try comesTrue(within: .seconds(2)) { try !lab.client.hasCarrier() })
      // Address and route are still there: what is sent goes nowhere, without a word.
      #expect(sending(lab) == 0)
      #expect(connection.socket.events == 0)
      let before = lab.path.counts(.toServer).received
      connection.socket.send()
      pause(.milliseconds(500))
      #expect(lab.path.counts(.toServer).received == before)
      try strike.heal()
      #expect(comesTrue(within: .seconds(10)) { connection.socket.receive() == [1] })
    }
  }

  @Test func localCablePaced() throws {
    var times: [Duration] = []
    for _ in 0..<5 {
      let lab = try Lab(behaviour: .echo, cables: .paced)
      defer { lab.close() }
      let connection = try lab.connect()
      let strike = try lab.strike(.localCablePaced, on: connection)
      // It is out, though nobody has been told, and its news comes within the second.
      let delivered = lab.path.counts(.toServer).received
      connection.socket.send()
      pause(.milliseconds(300))
      #expect(try lab.client.hasCarrier())
      #expect(lab.path.counts(.toServer).received == delivered)
      #expect(try lab.server.hasCarrier())
      #expect(try comesTrue(within: .seconds(2)) { try !lab.client.hasCarrier() })
      times.append(MonotonicTime.now() - strike.inForce)
      try strike.heal()
      #expect(comesTrue(within: .seconds(10)) { connection.socket.receive() == [1] })
    }
    #expect(times.median < .milliseconds(1100), "\(times)")
  }

  @Test func pacedNewsNeedsPacedCables() throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect()
    #expect(throws: LabError.invalid("local-cable-paced needs a lab whose cables are paced")) {
      try lab.strike(.localCablePaced, on: connection)
    }
  }

  @Test func interfaceDown() throws {
    try strike(.interfaceDown) { lab, connection, strike in
      #expect(sending(lab) == ENETUNREACH)
      #expect(try !lab.client.hasCarrier())
      try strike.heal()
      #expect(sending(lab) == 0)
      #expect(connection.socket.echoes(within: .seconds(10)))
    }
  }

  @Test func addressLost() throws {
    try strike(.addressLost) { lab, connection, strike in
      #expect(sending(lab) == ENETUNREACH)
      #expect(try lab.client.hasCarrier())
      let before = lab.path.counts(.toServer).received
      connection.socket.send()
      pause(.milliseconds(300))
      #expect(lab.path.counts(.toServer).received == before)
      try strike.heal()
      #expect(comesTrue(within: .seconds(10)) { connection.socket.receive() == [1] })
    }
  }

  @Test func routeLost() throws {
    try strike(.routeLost) { lab, connection, strike in
      #expect(sending(lab) == ENETUNREACH)
      // The link's own network is still there.
      let near = try Datagrams(on: lab.client, connectedTo: lab.client.gateway, port: 9)
      #expect(near.socket.send() == 1)
      try strike.heal()
      #expect(sending(lab) == 0)
      #expect(connection.socket.echoes(within: .seconds(10)))
    }
  }

  @Test func destroyedLocally() throws {
    try strike(.destroyedLocally) { lab, connection, _ in
      #expect(connection.socket.events & POLLERR != 0)
      #expect(connection.socket.error == ECONNABORTED)
      let again = try lab.connect()
      #expect(again.socket.echoes())
    }
  }

  @Test func linkFlap() throws {
    var times: [Duration] = []
    for _ in 0..<5 {
      try strike(.linkFlap) { lab, connection, strike in
        let isOut = try comesTrue(within: .milliseconds(200)) { try !lab.client.hasCarrier() }
        let isBack = try comesTrue(within: .seconds(5)) { try lab.client.hasCarrier() }
        #expect(isOut && isBack)
        times.append(MonotonicTime.now() - strike.inForce)
        #expect(connection.socket.echoes(within: .seconds(10)))
      }
    }
    #expect(times.allSatisfy { $0 >= .milliseconds(280) }, "\(times)")
    #expect(times.median <= .milliseconds(600), "\(times)")
  }

  @Test func theMonitorsSuspensionIsTheRunnersToDo() throws {
    try strike(.monitorSuspended) { _, connection, strike in
      #expect(strike.fault.suspendsWatcher == .seconds(3))
      #expect(connection.socket.echoes())
      #expect(Fault.all.filter { $0.suspendsWatcher != nil } == [.monitorSuspended])
    }
  }

  /// A netlink socket of the client hears of its own link and of nothing else.
  @Test func netlinkSocketsHearTheirHost() throws {
    let lab = try Lab()
    defer { lab.close() }
    // RTMGRP_LINK.
    let listener = try lab.client.netlinkSocket(groups: 1)
    defer { close(listener) }
    func hears(within milliseconds: CInt) -> Bool {
      var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      return poll(&entry, 1, milliseconds) == 1
    }
    try lab.server.unplug()
    #expect(!hears(within: 300))
    try lab.client.unplug()
    #expect(hears(within: 300))
  }
}
