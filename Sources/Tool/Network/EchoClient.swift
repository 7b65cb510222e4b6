import Flatline
import Glibc

/// A client of the echo server, with the bytes that are not yet sent back.
struct EchoClient: ~Copyable {
  let socket: StreamSocket
  private var unsent: [UInt8] = []
  private var hasFinished = false

  /// With this many bytes unsent, reading stops: a peer that does not read gets a closed window.
  private static let most = 1 << 16

  init(_ socket: consuming StreamSocket) {
    socket.sendWithoutDelay()
    self.socket = socket
  }

  /// The poll(2) events to wait for.
  var interest: Int16 {
    let reading = !hasFinished && unsent.count < EchoClient.most ? POLLIN : 0
    return Int16(reading | (unsent.isEmpty ? 0 : POLLOUT))
  }

  /// Reads and sends as much as possible without waiting. False when the connection is over.
  mutating func serve() -> Bool {
    do throws(Errno) {
      try send()
      if !hasFinished, unsent.count < EchoClient.most { try receive() }
      try send()
    } catch {
      return false
    }
    return !hasFinished || !unsent.isEmpty
  }

  /// Reads and sends as much as possible without waiting, so that the close sends FIN: unread bytes would turn it into
  /// a reset (RFC 9293, 3.10.4).
  mutating func finish() {
    // Bounded: a peer that never stops sending gets a reset.
    for _ in 0..<64 where !hasFinished && unsent.count < EchoClient.most {
      let before = unsent.count
      guard (try? receive()) != nil, unsent.count > before else { break }
      guard (try? send()) != nil else { break }
    }
  }

  private mutating func receive() throws(Errno) {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    guard let count = try StreamIO.receive(into: &buffer, from: socket.descriptor) else { return }
    if count == 0 { hasFinished = true }
    unsent += buffer[..<count]
  }

  private mutating func send() throws(Errno) {
    guard !unsent.isEmpty else { return }
    unsent.removeFirst(try StreamIO.send(unsent, to: socket.descriptor))
  }
}
