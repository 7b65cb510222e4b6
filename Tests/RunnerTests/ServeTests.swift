import FlatlineTestSupport
import Glibc
import Testing

@Suite("Serve", .serialized)
struct ServeTests {
  @Test("SIGTERM and SIGINT end it with status 0", arguments: [SIGTERM, SIGINT])
  func graceful(_ signal: Int32) throws {
    let server = try Flatline.serve()
    Glibc.kill(server.process.pid, signal)
    let outcome = try Flatline.outcome(of: server.process)
    #expect(outcome.status == 0)
    #expect(outcome.output == ["listening on \(server.address)"])
    #expect(outcome.errors == [])
  }

  @Test("It ends with its standard input if asked to")
  func untilEOF() throws {
    let server = try Flatline.serve(["127.0.0.1:0", "--until-eof"])
    #expect(try Flatline.outcome(of: server.process).status == 0)
  }

  @Test("A port in use: exit 1, one line")
  func inUse() throws {
    let server = try Flatline.serve()
    let outcome = try Flatline.run(["serve", server.address])
    #expect(outcome.status == 1)
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains("Address already in use") == true)
  }

  @Test("It sends back what it gets, whatever became of clients before")
  func survives() throws {
    let server = try Flatline.serve()
    let port = try #require(server.address.split(separator: ":").last.flatMap { UInt16($0) })
    // More clients than it keeps, each leaving a reset or bytes that nobody reads.
    for round in 0..<300 {
      let client = try Client(port: port)
      if round % 3 != 0 { client.send([UInt8](repeating: UInt8(ascii: "x"), count: 100_000)) }
      if round % 3 == 1 { client.resetOnClose() }
    }
    let idle = try (0..<300).map { _ in try Client(port: port) }
    #expect(idle.count == 300)
    let first = try #require(idle.first)
    first.send(Array("hello\n".utf8))
    #expect(first.receive(6) == Array("hello\n".utf8))
    server.process.terminate()
    #expect(try Flatline.outcome(of: server.process).status == 0)
    // Closed in order: the end of the stream, not an error.
    #expect(first.receive(1) == [])
  }
}
