import Fixtures
import Foundation
import Testing

/// The program as a newcomer runs it, against a real redis-server.
struct QuickStartTests {
  @Test(.timeLimit(.minutes(1))) func itTellsThatTheServerIsGone() throws {
    let server = try RedisServer()
    let program = Process()
    // It is built beside this test.
    program.executableURL = try FileManager.default.url(ofThisProgram: "quick-start")
    program.arguments = ["\(server.port)"]
    let output = Pipe()
    program.standardOutput = output
    try program.run()
    defer { program.terminate() }
    for _ in 0..<1000 {
      if try server.connections() > 0 { break }
      usleep(10_000)
    }
    server.kill()
    let said = try String(decoding: output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    // A FIN; a RST if the server had not yet accepted.
    #expect(
      said.hasPrefix("the peer is gone: dead(peerClosed)")
        || said.hasPrefix("the peer is gone: dead(peerReset)"))
    program.waitUntilExit()
    #expect(program.terminationStatus == 0)
  }
}

extension FileManager {
  fileprivate func url(ofThisProgram name: String) throws -> URL {
    URL(filePath: try destinationOfSymbolicLink(atPath: "/proc/self/exe")).deletingLastPathComponent()
      .appending(path: name)
  }
}
