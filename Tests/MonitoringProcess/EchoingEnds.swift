import FlatlineCore
import Glibc

/// The other ends: prints its port, accepts whoever comes and sends every byte back, a while later, until it is
/// killed.
struct EchoingEnds {
  /// How long an answer takes.
  static let delay = Duration.milliseconds(300)

  private var entries: [pollfd]
  /// Answers to come, the earliest first.
  private var answers: [(due: MonotonicTime, descriptor: CInt, bytes: [UInt8])] = []
  private var buffer = [UInt8](repeating: 0, count: 4096)

  static func run() throws {
    let (listener, port) = try Endpoint.listen()
    say("port \(port)")
    var ends = EchoingEnds(listener: listener)
    while poll(&ends.entries, nfds_t(ends.entries.count), ends.timeout) >= 0 || errno == EINTR { ends.turn() }
  }

  private init(listener: CInt) {
    entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
  }

  /// Milliseconds until the next answer is due, rounded up.
  private var timeout: CInt {
    guard let next = answers.first else { return -1 }
    return CInt(clamping: max(0, (next.due - .now()).clampedNanoseconds + 999_999) / 1_000_000)
  }

  private mutating func turn() {
    let now = MonotonicTime.now()
    while let next = answers.first, next.due <= now {
      // A client that does not read its echoes is none of ours.
      _ = try? StreamIO.send(next.bytes[...], to: next.descriptor)
      answers.removeFirst()
    }
    for index in entries.indices.dropFirst() where entries[index].revents != 0 { read(index, now) }
    guard entries[0].revents != 0 else { return }
    let client = accept(entries[0].fd, nil, nil)
    if client >= 0 { entries.append(pollfd(fd: client, events: Int16(POLLIN), revents: 0)) }
  }

  private mutating func read(_ index: Int, _ now: MonotonicTime) {
    let descriptor = entries[index].fd
    let count = (try? StreamIO.receive(into: &buffer, from: descriptor)) ?? nil
    guard let count, count > 0 else {
      close(descriptor)
      answers.removeAll { $0.descriptor == descriptor }
      // poll skips what is negative.
      entries[index].fd = -1
      return
    }
    answers.append((now + EchoingEnds.delay, descriptor, Array(buffer[..<count])))
  }
}
