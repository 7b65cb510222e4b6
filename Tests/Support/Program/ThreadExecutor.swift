import Foundation

/// Runs the tasks that prefer it on a thread of its own, so that what a test measures does not wait for the few
/// threads that all other tests share.
///
/// `@unchecked Sendable` holds because `jobs` and `isOver` are only used with `condition` locked.
final class ThreadExecutor: TaskExecutor, @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var isOver = false

  private init() {}

  /// Lends an executor whose thread lasts as long as `body`.
  static func lend(_ body: (ThreadExecutor) async throws -> Void) async throws {
    let executor = ThreadExecutor()
    Thread.detachNewThread { executor.work() }
    defer { executor.end() }
    try await body(executor)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  private func end() {
    condition.withLock {
      isOver = true
      condition.signal()
    }
  }

  private func next() -> UnownedJob? {
    condition.withLock {
      while jobs.isEmpty, !isOver { condition.wait() }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }

  private func work() {
    while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
