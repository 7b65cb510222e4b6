/// What a reading shows of the peer's side, and of our own window.
extension TCPInfo {
  /// Our own receive window is closed, or too small for a segment: received bytes wait for our app, and the peer may
  /// send nothing, not even a FIN. False where the kernel does not report the window.
  package var isReceiveWindowClosed: Bool { receiveWindow.map { $0 < 128 } ?? false }

  /// We connected, and since then the peer has neither acknowledged data nor sent any. The connection may wait in the
  /// SYN_RECV state of a server whose accept queue is full, or that waits for data (TCP_DEFER_ACCEPT, tcp(7)).
  package var isPerhapsNotAccepted: Bool {
    bytesAcknowledged == 1 && bytesReceived == 0 && state == .established
  }

  /// Segments are retransmitted that may be too large for a path. TCP's least is 536 bytes (RFC 9293, 3.7.1), less what a
  /// peer's halves hold.
  package var retransmitsLargeSegments: Bool { retransmits > 0 && missingSegmentSize >= 256 }

  /// Mean size of the segments that are sent and that the peer does not hold, in bytes.
  package var missingSegmentSize: Int {
    let missing = unacknowledged - Int(selectivelyAcknowledged)
    return missing > 0 ? bytesInFlight / missing : 0
  }
}
