import CFlatlineLab
import FlatlineCore
public import Glibc
import Synchronization

/// A program in a host's network. It is killed when this value goes, when the lab is closed, and when this process ends
/// in any way.
public final class HostProcess: Sendable {
  /// The way in which it ended.
  public enum Ending: Sendable, Hashable {
    /// It ended by itself, with this status.
    case exited(Int32)
    /// A signal ended it.
    case killed(signal: Int32)
  }

  /// Its process id, as this process sees it.
  public let pid: pid_t
  /// Readable (poll(2), POLLIN) once the process has ended. Owned by this value.
  public let endingDescriptor: CInt
  private let handle: CInt
  private let status: CInt
  private let ending = Mutex<Ending?>(nil)

  /// Takes over both descriptors.
  ///
  /// - Parameters:
  ///   - handle: a pidfd; no other process can get its number.
  ///   - status: the channel of the agent's report about the end.
  init(handle: CInt, status: CInt) {
    self.handle = handle
    self.status = status
    endingDescriptor = handle
    pid = HostProcess.pid(of: handle)
  }

  deinit {
    kill()
    close(handle)
    close(status)
  }

  /// Sends a signal, such as SIGTERM. Does nothing once the process has ended.
  public func send(_ signal: Int32) {
    // Fails only if the process has ended.
    _ = flatline_lab_signal_process(handle, signal)
  }

  /// Ends it (SIGKILL), frozen or not.
  public func kill() { send(SIGKILL) }

  /// Stops it (SIGSTOP).
  public func freeze() { send(SIGSTOP) }

  /// Continues it after ``freeze()`` (SIGCONT).
  public func resume() { send(SIGCONT) }

  /// Waits for its end and blocks the calling thread; `nil` when it has not ended in time.
  public func waitForEnding(timeout: Duration) -> Ending? {
    ending.withLock { ending in
      if ending == nil, Waiting.isReadable(status, within: timeout) {
        var code: CInt = 0
        let count = read(status, &code, MemoryLayout<CInt>.size)
        // No report: the lab was closed, and that kills.
        let signal = count > 0 ? code & 0x7f : SIGKILL
        ending = signal == 0 ? .exited(code >> 8 & 0xff) : .killed(signal: signal)
      }
      return ending
    }
  }

  /// The process of a pidfd, by its number in the PID namespace of our /proc (proc(5), fdinfo).
  private static func pid(of handle: CInt) -> pid_t {
    let file = open("/proc/self/fdinfo/\(handle)", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return -1 }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = read(file, &buffer, buffer.count)
    guard count > 0 else { return -1 }
    let line = String(decoding: buffer[..<count], as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix("Pid:") }
    return line.flatMap { pid_t($0.dropFirst(4).filter { !$0.isWhitespace }) } ?? -1
  }
}
