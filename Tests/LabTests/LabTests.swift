import FlatlineCore
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// Labs as a whole: how fast, how many, how they end.
struct LabTests {
  @Test func aLabIsBuiltInUnderASecond() throws {
    let times = try (0..<5).map { _ in
      let start = MonotonicTime.now()
      let lab = try Lab()
      let took = MonotonicTime.now() - start
      lab.close()
      return took
    }
    print("lab: built in \(times.median), at most \(times.percentile(100))")
    #expect(times.median < .seconds(1))
  }

  @Test func twelveAtATimeKeepToThemselves() throws {
    let labs = try (0..<12).map { try Lab(seed: UInt64($0), behaviour: .echo) }
    defer { for lab in labs { lab.close() } }
    let connections = try labs.map { try $0.connect() }
    try labs[3].path.update { $0.blackhole = true }
    for (index, connection) in connections.enumerated() where index != 3 {
      #expect(connection.socket.echoes())
    }
    #expect(!connections[3].socket.echoes(within: .milliseconds(300)))
  }

  @Test func aClosedLabSaysSo() throws {
    let lab = try Lab()
    lab.close()
    lab.close()
    #expect(throws: LabError.closed) { try lab.client.socket(domain: AF_INET, type: 1) }
    #expect(throws: LabError.self) { try lab.connect() }
  }

  @Test func congestionControlIsOfBothEnds() throws {
    let lab = try Lab()
    defer { lab.close() }
    func algorithm(_ socket: CInt) -> String {
      var name = [CChar](repeating: 0, count: 16)
      var length = socklen_t(16)
      getsockopt(socket, CInt(IPPROTO_TCP), TCP_CONGESTION, &name, &length)
      return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    let first = try lab.connect()
    let reno = try lab.connect(congestionControl: "reno")
    let again = try lab.connect()
    #expect(algorithm(reno.descriptor) == "reno")
    #expect(algorithm(first.descriptor) == algorithm(again.descriptor))
    #expect(try lab.peer.connectionCount() == 3)
    let error = #expect(throws: LabError.self) { try lab.connect(congestionControl: "nonsense") }
    #expect(error?.description.contains("nonsense") == true)
  }

  @Test func badConditionsAreRefused() {
    let error = #expect(throws: LabError.self) { try Lab(conditions: PathConditions(loss: .random(7))) }
    #expect(error?.description == "loss is a share from 0 to 1, not 7.0")
  }
}
