import CBenchmarks

/// A stopwatch, stopped by a watcher's callback on whichever thread that runs.
///
/// `@unchecked Sendable` holds because the pointer never changes and all behind it is atomic or a semaphore.
final class Mark: @unchecked Sendable {
  let pointer: OpaquePointer

  init() {
    pointer = bench_mark_create()
  }

  deinit {
    bench_mark_destroy(pointer)
  }

  func arm() { bench_mark_arm(pointer) }
  func hit() { bench_mark_hit(pointer) }

  /// The time of the hit on CLOCK_MONOTONIC, in nanoseconds; `nil` if none came.
  func wait(milliseconds: CInt) -> UInt64? {
    let time = bench_mark_wait(pointer, milliseconds)
    return time == 0 ? nil : time
  }
}
