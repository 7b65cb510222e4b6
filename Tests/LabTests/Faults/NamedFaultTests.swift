import FlatlineLab
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
    #expect(Fault.faults.count == 25)
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

  /// Twice in the same lab, and two connections at once.
  @Test(arguments: Fault.faults.filter { $0 != .hostReboot })
  func eachStrikesAllConnectionsItIsGiven(_ fault: Fault) throws {
    let lab = try Lab(cables: fault.cables)
    defer { lab.close() }
    let connections = [try lab.connect(), try lab.connect(.active)]
    let strike = try lab.strike(fault, on: connections)
    try strike.heal()
    try lab.heal()
    _ = try lab.connect()
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
