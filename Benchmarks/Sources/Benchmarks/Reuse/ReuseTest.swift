import Flatline
import Foundation
import Glibc

/// The question of a pool at checkout, by `isReusable`, by MSG_PEEK and by a round trip, side by side.
struct ReuseTest {
  private static let connections = 64
  private static let rounds = 15
  /// Questions a connection and round.
  private static let questions = 100
  private static let request: [UInt8] = Array("PING\r\n".utf8)

  func run() throws -> ReuseResult {
    let listener = try Loopback.listen()
    let used = try (0..<Self.connections).map { _ in try Pair(listener) }
    let fresh = try (0..<Self.connections).map { _ in try Pair(listener) }
    defer {
      for pair in used + fresh { pair.close() }
      close(listener.descriptor)
    }
    // Answers differ from requests in length, as those of a server do.
    for pair in used { try pair.exchange(Self.request, answer: Self.request + [43]) }
    let echo = try Echo(listener)
    defer { echo.end() }
    var questions: [Double] = []
    var fresher: [Double] = []
    var peeks: [Double] = []
    var pings: [Double] = []
    for _ in 0..<Self.rounds {
      questions.append(try Self.each(used) { Flatline.isReusable($0) == .reusable })
      peeks.append(
        try Self.each(used) { socket in
          var byte: UInt8 = 0
          return recv(socket, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT)) == -1
            && errno == EAGAIN
        })
      fresher.append(try Self.each(fresh) { Flatline.isReusable($0) == .reusable })
      pings.append(try echo.ping(Self.request, times: 200))
    }
    return ReuseResult(
      questionNanoseconds: Statistics(questions).median, freshNanoseconds: Statistics(fresher).median,
      peekNanoseconds: Statistics(peeks).median, pingNanoseconds: Statistics(pings).median)
  }

  /// Nanoseconds of this thread's processor time a question.
  private static func each(_ pairs: [Pair], _ question: (CInt) -> Bool) throws -> Double {
    var wrong = 0
    let start = time(CLOCK_THREAD_CPUTIME_ID)
    for _ in 0..<questions { for pair in pairs where !question(pair.near) { wrong += 1 } }
    let end = time(CLOCK_THREAD_CPUTIME_ID)
    guard wrong == 0 else { throw Failure.other("\(wrong) sound connections were called useless") }
    return (end - start) / Double(questions * pairs.count)
  }

  fileprivate static func time(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}

/// Both ends of a connection.
private struct Pair {
  let near: CInt
  let far: CInt

  init(_ listener: (descriptor: CInt, port: UInt16)) throws {
    near = try Loopback.connect(port: listener.port)
    far = try Loopback.accept(listener.descriptor)
  }

  func close() {
    Glibc.close(near)
    Glibc.close(far)
  }

  func exchange(_ request: [UInt8], answer: [UInt8]) throws {
    for (from, to, bytes) in [(near, far, request), (far, near, answer)] {
      var room = [UInt8](repeating: 0, count: bytes.count)
      guard send(from, bytes, bytes.count, 0) == bytes.count,
        recv(to, &room, room.count, CInt(MSG_WAITALL)) == bytes.count
      else { throw Failure.system("exchange", errno) }
    }
  }
}

/// A peer that sends back what it gets, on a thread of its own.
private final class Echo {
  private let pair: Pair

  init(_ listener: (descriptor: CInt, port: UInt16)) throws {
    let pair = try Pair(listener)
    self.pair = pair
    Thread.detachNewThread {
      var room = [UInt8](repeating: 0, count: 64)
      while case let count = recv(pair.far, &room, room.count, 0), count > 0 {
        send(pair.far, room, count, 0)
      }
      Glibc.close(pair.far)
    }
  }

  /// Ends the thread.
  func end() { close(pair.near) }

  /// Nanoseconds a round trip.
  func ping(_ request: [UInt8], times: Int) throws -> Double {
    var room = [UInt8](repeating: 0, count: 64)
    let start = ReuseTest.time(CLOCK_MONOTONIC)
    for _ in 0..<times {
      guard send(pair.near, request, request.count, 0) == request.count,
        recv(pair.near, &room, room.count, 0) > 0
      else {
        throw Failure.system("ping", errno)
      }
    }
    return (ReuseTest.time(CLOCK_MONOTONIC) - start) / Double(times)
  }
}
