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

  /// A server that accepts and never answers: its kernel does, its program does not.
  @Test func itLogsAServerThatHangsAndConnectsAgain() throws {
    let server = try Server()
    let follower = try FollowerProcess(port: server.port)
    let client = try server.accept()
    defer { close(client) }
    #expect(follower.says("dead(peerHung)  by heartbeat"))
    #expect(follower.says("disconnected"))
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

  /// Waits until the program has logged a text, from now or before on. False if it ends first, or says
  /// nothing for twenty seconds.
  func says(_ text: String) -> Bool {
    let file = output.fileHandleForReading
    var entry = pollfd(fd: file.fileDescriptor, events: Int16(POLLIN), revents: 0)
    while !said.contains(text) {
      guard poll(&entry, 1, 20_000) > 0 else { return false }
      let bytes = file.availableData
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
