import FlatlineCore
import Synchronization
public import Testing

/// Runs each test case on a thread of its own: it may wait there without an `await`, and its sleeps end on time.
///
/// All other tests share a thread for each processor; a few that block them make every `Task.sleep` end seconds late.
/// The cases begin one after the other: a hundred that set their stages up at once would delay what others measure.
public struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
  /// When the next case may begin; and the time that one has for itself, about what a lab takes to build.
  private static let next = Mutex(MonotonicTime(nanoseconds: 0))
  private static let gap = Duration.milliseconds(120)

  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await ThreadExecutor.lend { executor in
      try await withTaskExecutorPreference(executor) {
        let now = MonotonicTime.now()
        let turn = Self.next.withLock { next in
          let turn = max(next, now)
          next = turn + Self.gap
          return turn
        }
        try await Task.sleep(for: turn - now)
        try await function()
      }
    }
  }
}

extension Trait where Self == OwnThreadTrait {
  public static var onOwnThread: Self { OwnThreadTrait() }
}
