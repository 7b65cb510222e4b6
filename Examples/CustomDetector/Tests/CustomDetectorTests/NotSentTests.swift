import CustomDetectors
import Flatline
import Testing

/// The detector that watches the backlog in our own kernel.
struct NotSentTests {
  @Test func aPeerThatReadsNoMoreIsConvicted() async throws {
    let changes = try await Scene.lazyReader(reads: false, OurPolicies.load("not-sent"))
    #expect(changes.last?.verdict == .dead(.stalled))
    #expect(changes.last?.decidedBy.map(\.detector) == ["not-sent"])
  }

  @Test func aPeerThatReadsIsNot() async throws {
    let changes = try await Scene.lazyReader(
      reads: true, OurPolicies.load("not-sent"), limit: .seconds(2))
    #expect(!changes.contains { $0.verdict.isDead })
  }

  @Test func withoutItNobodyConvicts() async throws {
    let changes = try await Scene.lazyReader(reads: false, .fastPath, limit: .seconds(5))
    #expect(!changes.contains { $0.verdict.isDead })
  }
}
