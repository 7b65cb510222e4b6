import Flatline

/// Why a monitor refuses to watch a descriptor; `nil` if it watches it.
func reasonToRefuse(_ descriptor: CInt, _ monitor: Monitor) -> String? {
  do throws(WatchError) {
    _ = try monitor.watch(descriptor, policy: .kernelOnly)
    return nil
  } catch {
    guard case .unfit(descriptor, let reason) = error else { return "\(error)" }
    return reason
  }
}
