import FlatlineLab
import FlatlineTestSupport
import Synchronization
import Testing

@testable import FlatlineExperiments

/// Labs are built, struck and taken down one after the other, and struck first.
struct LabGateTests {
  @Test func aStrikeDoesNotWaitForThoseThatBuild() throws {
    let gate = LabGate()
    let order = Log<String>()
    let isReleased = SharedState(false)
    func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws -> NamedThread {
      try NamedThread(name, body)
    }
    var threads = [
      try start("first") {
        gate.change {
          order.add("first")
          while !isReleased.value.withLock({ $0 }) { NamedThread.sleep(.milliseconds(1)) }
        }
      }
    ]
    #expect(eventually { order.entries == ["first"] })
    for _ in 0..<3 { threads.append(try start("change") { gate.change { order.add("change") } }) }
    threads.append(try start("strike") { gate.strike { order.add("strike") } })
    #expect(eventually { gate.strikeCount == 1 })
    isReleased.value.withLock { $0 = true }
    for thread in threads { thread.join() }
    #expect(order.entries == ["first", "strike", "change", "change", "change"])
    #expect(gate.strikeCount == 0)
  }
}
