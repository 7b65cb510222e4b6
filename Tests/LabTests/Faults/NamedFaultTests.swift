import FlatlineLab
import Glibc
import Testing

/// The faults as a list.
struct NamedFaultTests {
  @Test func namesAreUniqueAndInKebabCase() {
    let names = Fault.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(name)")
    }
    #expect(Fault.faults.allSatisfy { $0.isFault })
    #expect(Fault.nonFaults.allSatisfy { !$0.isFault })
    #expect(Fault.faults.count == 35)
  }

  @Test func eachIsFoundByItsName() throws {
    for fault in Fault.all { #expect(try Fault.named(fault.name) == fault) }
  }

  @Test func anUnknownNameGetsTheClosest() {
    let error = #expect(throws: LabError.self) { try Fault.named("silent-dorp-out") }
    #expect(error?.description == "no fault is called \"silent-dorp-out\"; did you mean \"silent-drop-out\"?")
    #expect(throws: LabError.unknownFault("zzz", suggestion: nil)) { try Fault.named("zzz") }
  }

  /// After each fault's end the lab is as before: a new connection works.
  @Test(arguments: Fault.all)
  func eachCanBeHealed(_ fault: Fault) throws {
    let lab = try Lab(behaviour: .echo, cables: fault.cables)
    defer { lab.close() }
    for traffic in [LabConnection.Traffic.idle, .active] {
      let connection = try lab.connect(traffic)
      let strike = try lab.strike(fault, on: connection)
      pause(.milliseconds(150))
      try strike.heal()
      try strike.heal()
      connection.close()
      let again = try lab.connect()
      #expect(again.socket.echoes(within: .seconds(10)), "\(fault) with \(traffic)")
    }
  }

  /// Faults that end a connection, or do so when the client sends: its socket shows that.
  private static let ends: Set<Fault> = [
    .gracefulClose, .closeWithUnreadData, .halfClose, .reset, .processKilled, .destroyedLocally,
    .firewallReset,
    .natForgets,
  ]
  /// Faults of a connection, which leave the others of its peer alone.
  private static let ofOneConnection: Set<Fault> = [
    .gracefulClose, .closeWithUnreadData, .halfClose, .reset, .destroyedLocally,
  ]

  /// Faults that the first answerless byte does not show: their own tests do.
  private static let otherwise: Set<Fault> = [.hostReboot, .receiveOnlyDrop, .largePacketsLostIn]

  /// Two connections at once, an idle and an active one, and a third that it is not given.
  @Test(arguments: Fault.faults.filter { !otherwise.contains($0) })
  func eachStrikesAllConnectionsItIsGiven(_ fault: Fault) throws {
    let lab = try Lab(behaviour: .echo, cables: fault.cables)
    defer { lab.close() }
    let connections = [try lab.connect(), try lab.connect(.active)]
    let bystander = try lab.connect()
    for connection in connections + [bystander] { #expect(connection.socket.isAnswered(), "before \(fault)") }
    let strike = try lab.strike(fault, on: connections)
    for connection in connections {
      if Self.ends.contains(fault) {
        connection.socket.send()
        #expect(comesTrue(within: .seconds(2)) { connection.socket.hasEnded }, "\(fault)")
      } else {
        #expect(connection.socket.isUnanswered(), "\(fault)")
        #expect(!connection.socket.hasEnded, "\(fault)")
      }
    }
    if Self.ofOneConnection.contains(fault) { #expect(bystander.socket.echoes(), "\(fault)") }
    try strike.heal()
    try lab.heal()
    #expect(try lab.connect().socket.echoes(within: .seconds(10)), "after \(fault)")
  }

  @Test func aFaultOfOnesOwn() throws {
    let slow = Fault("slow-path", "every packet takes 100 ms", isFault: false) { lab, _ throws(LabError) in
      try lab.path.update { $0.delay = .milliseconds(100) }
      return { () throws(LabError) in try lab.path.update { $0.delay = .zero } }
    }
    let lab = try Lab(behaviour: .echo)
    defer { lab.close() }
    let connection = try lab.connect()
    let strike = try lab.strike(slow, on: connection)
    #expect(!connection.socket.echoes(within: .milliseconds(150)))
    try strike.heal()
  }
}

extension Socket {
  /// Whether a FIN, a RST or an end by this machine shows.
  fileprivate var hasEnded: Bool { events & (Socket.readHangUp | POLLHUP) != 0 }

  /// Sends a byte and waits until anything comes.
  fileprivate func isAnswered() -> Bool {
    send()
    return comesTrue(within: .seconds(3)) { receive()?.isEmpty == false }
  }

  /// Sends a byte and sees that nothing comes for longer than many answers take. What was on its way before is left out.
  fileprivate func isUnanswered() -> Bool {
    pause(.milliseconds(50))
    while receive()?.isEmpty == false {}
    send()
    return !comesTrue(within: .milliseconds(300)) { receive() != nil }
  }
}
