import Glibc

/// The thread that keeps a connection busy from the client's side.
final class TrafficSource: Sendable {
  private let stop: StopSignal
  private let thread: OwnThread

  init(socket: CInt, interval: Duration, bytes: Int) throws(TestSupportError) {
    let stop = try StopSignal()
    self.stop = stop
    thread = try OwnThread {
      let payload = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
      var due = SuspendingClock.now
      while true {
        let count = send(socket, payload, bytes, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        // A full send buffer is part of an outage; anything else ends the stream.
        if count < 0, errno != EAGAIN, errno != EINTR { return }
        due += interval
        let pause = max(.zero, due - SuspendingClock.now)
        guard let ready = try? SystemCalls.poll([stop.descriptor], timeout: pause) else { return }
        if ready == [true] { return }
      }
    }
  }

  func end() {
    stop.fire()
    thread.join()
  }
}
