import Foundation

/// Runs a scene on a thread of its own and waits for its end: `Task.sleep` may last long where many tests share few
/// threads.
public func onOwnThread<Value: Sendable>(_ scene: @escaping @Sendable () throws -> Value) async throws
  -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try scene() }) }
  }
}
