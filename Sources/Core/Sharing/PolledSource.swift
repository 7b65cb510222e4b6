import Glibc

/// The descriptor of a source in the monitor's event queue, which follows the source's own.
struct PolledSource {
  private let token: QueueToken
  private var polled: CInt?
  /// The file behind it, to recognise a number that names another file by now.
  private var file: File?

  init(index: Int) {
    token = QueueToken(source: index)
  }

  /// Polls the source's descriptor as it is now.
  mutating func follow(_ descriptor: CInt?, in queue: any EventQueue) throws(Errno) {
    if descriptor != polled { leave(queue) }
    guard let descriptor else { return }
    do throws(Errno) {
      // Also where the number is the same: it may name a new file. The kernel itself forgets one that is closed.
      try queue.add(descriptor, token: token, interest: .readable)
      polled = descriptor
      file = File(descriptor)
    } catch {
      guard error == .fileExists, descriptor == polled else { throw error }
    }
  }

  /// Ends the polling of the old descriptor, unless its number names another file by now.
  private mutating func leave(_ queue: any EventQueue) {
    if let polled, File(polled) == file { try? queue.remove(polled) }
    polled = nil
    file = nil
  }

  /// The identity of an open file (fstat(2)).
  private struct File: Equatable {
    let device: UInt64
    let inode: UInt64

    /// `nil` for a number that is not open.
    init?(_ descriptor: CInt) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return nil }
      (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
  }
}
