import Flatline
import FlatlineLab
import Glibc
import Synchronization

/// Runs a monitor: on its own thread, or, for a fault that suspends the watcher, on a thread of ours that can be held
/// as SIGSTOP would hold it. The kernel continues meanwhile; the monitor does not.
final class MonitorTurner: Sendable {
  let monitor: Monitor

  private struct State {
    var heldUntil = MonotonicTime(nanoseconds: 0)
    var isOver = false
  }
  private let state: SharedState<State>?

  /// - Parameters:
  ///   - registry: the detectors.
  ///   - netlink: of the host whose sockets are watched.
  ///   - isHeld: whether the monitor can be held.
  init(registry: DetectorRegistry, netlink: NetlinkOpening, isHeld: Bool) throws(TrialFailure) {
    do throws(Flatline.Errno) {
      monitor = try Monitor(
        registry: registry, drive: isHeld ? .application : .ownThread, netlink: netlink)
    } catch {
      throw TrialFailure("a monitor", error)
    }
    guard isHeld else {
      state = nil
      return
    }
    let state = SharedState(State())
    self.state = state
    let turn: @Sendable () -> Void = { [monitor] in
      while true {
        let now = state.value.withLock { $0 }
        if now.isOver { return }
        let pause = now.heldUntil - .now()
        if pause > .zero {
          NamedThread.sleep(min(pause, .milliseconds(20)))
          continue
        }
        var entry = pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, 20) > 0 { monitor.process() }
      }
    }
    do throws(Flatline.Errno) {
      _ = try NamedThread("held monitor", turn)
    } catch {
      throw TrialFailure("a thread", error)
    }
  }

  /// Stops the monitor for a while, from now on. Only for a monitor that can be held.
  func hold(for duration: Duration) {
    state?.value.withLock { $0.heldUntil = .now() + duration }
  }

  func end() {
    state?.value.withLock { $0.isOver = true }
    monitor.shutDown()
  }
}

/// A mutex that several closures share.
final class SharedState<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: Value) {
    self.value = Mutex(value)
  }
}
