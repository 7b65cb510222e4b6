import CFlatlineLab
import FlatlineCore
import Glibc
import Synchronization

/// A thread of the lab: a descriptor signals the end to it, and its owner waits for it.
final class Worker: Sendable {
  /// The waits of a thread's body.
  struct Pauses: Sendable {
    /// Readable as soon as the worker must end or has been called.
    let descriptor: CInt
    fileprivate let isEnding: Box

    /// True once the worker must end.
    var isOver: Bool { isEnding.value.load(ordering: .acquiring) }

    /// Waits until one of two descriptors is readable, a call, the end, or `deadline`. Returns the readable ones.
    func wait(
      for first: CInt = -1, _ second: CInt = -1, until deadline: MonotonicTime
    ) -> (first: Bool, second: Bool) {
      let now = MonotonicTime.now()
      let timeout = deadline == .never ? -1 : deadline <= now ? 0 : (deadline - now).clampedNanoseconds
      // An error counts as nothing ready: every body checks again.
      let ready = max(0, flatline_lab_wait([descriptor, first, second], 3, timeout))
      if ready & 1 != 0 {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
      }
      return (ready & 2 != 0, ready & 4 != 0)
    }
  }

  fileprivate final class Box: Sendable {
    let value = Atomic(false)
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let event: CInt
  private let isEnding = Box()
  private let thread: Mutex<pthread_t?>

  /// Starts the thread at once.
  ///
  /// - Parameters:
  ///   - name: of the thread, at most 15 bytes.
  ///   - body: its code; checks ``Pauses/isOver`` after each wait.
  init(_ name: String, _ body: @escaping @Sendable (Pauses) -> Void) throws(LabError) {
    let event = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard event >= 0 else { throw .systemCall("eventfd", .last) }
    self.event = event
    let pauses = Pauses(descriptor: event, isEnding: isEnding)
    let work = Unmanaged.passRetained(
      Work {
        flatline_lab_be_punctual(name)
        body(pauses)
      })
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    thread = Mutex(code == 0 ? handle : nil)
    if code != 0 {
      work.release()
      throw .systemCall("starting a thread", Errno(rawValue: code))
    }
  }

  deinit {
    end()
    close(event)
  }

  /// Ends the body's current wait.
  func call() {
    var one: UInt64 = 1
    // A full counter is readable already.
    _ = write(event, &one, MemoryLayout<UInt64>.size)
  }

  /// Ends the thread and waits for it. Called on the thread itself, it only requests the end.
  func end() {
    isEnding.value.store(true, ordering: .releasing)
    call()
    let handle = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    guard let handle else { return }
    if pthread_equal(handle, pthread_self()) != 0 {
      pthread_detach(handle)
    } else {
      pthread_join(handle, nil)
    }
  }
}
