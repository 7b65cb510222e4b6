import FlatlineCore

/// Silences of the program that the kernels may still end by themselves.
extension HeartbeatDetector {
  /// Time to judge again, if TCP_INFO shows such a silence; `nil` if it shows none, or once it has lasted too long.
  func excuse(_ state: HeartbeatState, _ info: TCPInfo, _ now: MonotonicTime) -> MonotonicTime? {
    guard let patience = acceptance(info) ?? sizeSearch(info) else { return nil }
    let end = state.lastHeard + patience
    return end > now + .milliseconds(10) ? end : nil
  }

  /// Patience with a server that has perhaps not accepted the connection yet: its accept queue is full, and its kernel
  /// drops the first ping without an answer. Now and then it sends its SYN-ACK again, at distances that double from 1 s
  /// (tcp_synack_retries, ip-sysctl).
  private func acceptance(_ info: TCPInfo) -> Duration? {
    guard info.isPerhapsNotAccepted else { return nil }
    let repeated = min(max(Int(info.segmentsReceived) - 1, 0), 5)
    return max(.seconds(10), .seconds(2 << repeated))
  }

  /// Patience while only large segments are lost, and our ping waits behind them: the kernel searches for a smaller size
  /// (tcp_mtu_probing, ip-sysctl).
  private func sizeSearch(_ info: TCPInfo) -> Duration? {
    let isSearching = info.selectivelyAcknowledged > 0 && info.retransmitsLargeSegments
    return isSearching ? HeartbeatDetector.sizeSearch : nil
  }

  /// Time for the kernel's first two smaller sizes.
  static let sizeSearch = Duration.milliseconds(4600)
}
