/// What the first bytes of a server that expects TLS look like to a client that speaks none.
enum TLSBytes {
  /// What to do instead.
  static let advice =
    "Heartbeats of this command and of ProtocolPinger speak no TLS: an app gives a ping of its own (AppPinger) on its "
    + "encrypted stream"

  /// Whether a conversation begins with an alert (RFC 8446, 5.1 and 6): a server's answer to bytes that are no TLS.
  static func isAlert(_ bytes: ArraySlice<UInt8>) -> Bool {
    let head = Array(bytes.prefix(6))
    return head.count >= 5 && head[0] == 0x15 && head[1] == 0x03 && head[2] <= 0x04 && head[3] == 0
      && head[4] == 2
  }
}
