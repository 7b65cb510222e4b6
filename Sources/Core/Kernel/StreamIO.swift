import Glibc

/// Sends and receives on a stream that the caller owns. Never blocks, never raises SIGPIPE.
public enum StreamIO {
  /// Sends as many bytes as the socket takes now. Returns their number; 0 if it takes none.
  public static func send(_ bytes: some Collection<UInt8>, to descriptor: CInt) throws(Errno) -> Int {
    let bytes = Array(bytes)
    while true {
      let count = Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      if count >= 0 { return count }
      switch Errno.last {
      case .interrupted: continue
      case .wouldBlock: return 0
      case let error: throw error
      }
    }
  }

  /// Receives waiting bytes into `buffer`. Returns their number, 0 at the end of the stream, `nil` if no bytes
  /// wait.
  public static func receive(into buffer: inout [UInt8], from descriptor: CInt) throws(Errno) -> Int? {
    while true {
      let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
      if count >= 0 { return count }
      switch Errno.last {
      case .interrupted: continue
      case .wouldBlock: return nil
      case let error: throw error
      }
    }
  }
}
