import Fixtures
import Foundation
import Testing

/// The program as an operator runs it: a real process, and real signals.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct FollowerTests {
  @Test func itEndsWellWithinASecondOfSIGTERM() throws {
    let server = try Server()
    let follower = try FollowerProcess(port: server.port)
    // The bytes are read, and logged, under a watch.
    let client = try server.accept()
    defer { close(client) }
    send(client, "hello", 5, CInt(MSG_NOSIGNAL))
    #expect(follower.says("received"))

    let signalled = ContinuousClock.now
    follower.terminate()
    let status = follower.waitForEnd()
    #expect(ContinuousClock.now - signalled < .seconds(1))
    #expect(status == 0)
  }

  @Test func withoutAServerItEndsToo() throws {
    let follower = try FollowerProcess(port: LoopbackSocket.freePort())
    #expect(follower.says("disconnected"))
    let signalled = ContinuousClock.now
    follower.terminate()
    #expect(follower.waitForEnd() == 0)
    #expect(ContinuousClock.now - signalled < .seconds(1))
  }

  @Test func itLogsTheDeathAndConnectsAgain() throws {
    let server = try Server()
    let follower = try FollowerProcess(port: server.port)
    let client = try server.accept()
    send(client, "hello", 5, CInt(MSG_NOSIGNAL))
    #expect(follower.says("received"))
    server.reset(client)
    #expect(follower.says("alive -> dead(peerReset)"))
    close(try server.accept())
    follower.terminate()
    #expect(follower.waitForEnd() == 0)
  }
}

/// A listener of this test.
private final class Server {
  private let listener: CInt
  let port: UInt16

  init() throws {
    listener = try LoopbackSocket.listen()
    // For accept too (socket(7)).
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    port = try LoopbackSocket.port(of: listener)
  }

  deinit {
    close(listener)
  }

  func accept() throws -> CInt { try LoopbackSocket.accept(on: listener) }

  /// Ends a connection by a RST.
  func reset(_ client: CInt) {
    var abort = linger(l_onoff: 1, l_linger: 0)
    setsockopt(client, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    close(client)
  }
}

/// The program, built beside this test. It is killed when this value goes.
private final class FollowerProcess {
  private let process = Process()
  private let output = Pipe()
  private var said = ""

  init(port: UInt16) throws {
    let ownProgram = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(filePath: ownProgram).deletingLastPathComponent().appending(path: "follower")
    process.arguments = ["\(port)"]
    process.standardError = output
    try process.run()
    // Only the program holds the writing end: its end is the end of the stream.
    try output.fileHandleForWriting.close()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Waits until the program has logged a text, from now or before on. False if it ends first.
  func says(_ text: String) -> Bool {
    while !said.contains(text) {
      let bytes = output.fileHandleForReading.availableData
      if bytes.isEmpty { return false }
      said += String(decoding: bytes, as: UTF8.self)
    }
    return true
  }

  func terminate() { kill(process.processIdentifier, SIGTERM) }

  /// The exit status; negative for a signal.
  func waitForEnd() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}
