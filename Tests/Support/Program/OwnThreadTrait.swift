public import Testing

/// Runs each test case on a thread of its own: it may wait there without an `await`, and its sleeps end on time.
///
/// All other tests share a thread for each processor; a few that block them make every `Task.sleep` end seconds late.
public struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await ThreadExecutor.lend { executor in
      try await withTaskExecutorPreference(executor) { try await function() }
    }
  }
}

extension Trait where Self == OwnThreadTrait {
  public static var onOwnThread: Self { OwnThreadTrait() }
}
