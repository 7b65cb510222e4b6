import Glibc

/// The thread that plays the server's program on one socket, until it is stopped or the stream ends.
final class ServerLoop: Sendable {
  private let stop: StopSignal
  private let thread: OwnThread

  init(socket: CInt, behaviour: ServerBehaviour) throws(TestSupportError) {
    let stop = try StopSignal()
    self.stop = stop
    thread = try OwnThread { ServerLoop.serve(socket, behaviour, until: stop) }
  }

  /// After this nobody uses the socket any more: a close takes effect at once.
  func end() {
    stop.fire()
    thread.join()
  }

  private static func serve(_ socket: CInt, _ behaviour: ServerBehaviour, until stop: StopSignal) {
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    var unsent: [UInt8] = []
    while true {
      // With an answer still to send it does not read on: the client feels the back pressure.
      let events = unsent.isEmpty ? POLLIN : POLLOUT
      var entries = [
        pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: socket, events: Int16(events), revents: 0),
      ]
      if poll(&entries, 2, -1) < 0, errno != EINTR { return }
      if entries[0].revents != 0 { return }
      if entries[1].revents == 0 { continue }

      if unsent.isEmpty {
        let count = recv(socket, &buffer, buffer.count, CInt(MSG_DONTWAIT))
        if count > 0 {
          unsent = behaviour.answer(to: buffer[..<count])
        } else if count == 0 || !isTransient(errno) {
          return
        }
      } else {
        let count = send(socket, unsent, unsent.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
        if count > 0 {
          unsent.removeFirst(count)
        } else if !isTransient(errno) {
          return
        }
      }
    }
  }

  private static func isTransient(_ error: Int32) -> Bool {
    error == EAGAIN || error == EINTR
  }
}
