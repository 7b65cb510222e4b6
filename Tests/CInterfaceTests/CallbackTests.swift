import CInterfaceProgram
import FlatlineCHeader
import FlatlineTestSupport
import Glibc
import Testing

/// What `flatline.h` lets a ping do, done by a program in C.
@Suite(.timeLimit(.minutes(1)))
struct CallbackTests {
  private let directory: TemporaryDirectory
  private let policy: String

  init() throws {
    directory = try TemporaryDirectory()
    policy = try directory.write(
      """
      {"detectors": {"heartbeat": {"interval": "50ms", "misses": 10}}, "suspect": "heartbeat", "dead": "heartbeat"}
      """, to: "beat.json")
  }

  /// At its first ping, or at one of those in whose turn the silent peer becomes suspect or dead.
  @Test(arguments: [(Int32(1), Int32(1)), (1, 0), (1, -1), (4, 1), (5, 1), (6, 1), (10, 1)])
  func aPingMayUnwatchItsOwnConnection(_ number: Int32, _ outcome: Int32) throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let program = try #require(
      program_start(Int32(PROGRAM_UNWATCHES), number, outcome, pair.client, other.client, policy))
    defer { program_end(program) }
    #expect(eventually { program_first_verdict(program) == -1 })
    // In the place that the first gave up.
    let changes = program_changes(program)
    #expect(program_watch_other(program) == 0)
    #expect(eventually { program_other_pings(program) >= 20 })
    #expect(program_first_pings(program) == number)
    #expect(program_changes(program) == changes)
    try expectADeathOfTheOther(other, program)
  }

  @Test(arguments: [Int32(1), 0, -1])
  func aPingMayUnwatchAndWatchAnother(_ outcome: Int32) throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    let program = try #require(
      program_start(Int32(PROGRAM_REPLACES), 1, outcome, pair.client, other.client, policy))
    defer { program_end(program) }
    #expect(eventually { program_other_pings(program) >= 10 })
    #expect(program_first_verdict(program) == -1)
    #expect(program_other_verdict(program) == Int32(FLATLINE_ALIVE))
    try expectADeathOfTheOther(other, program)
  }

  @Test func aPingThatFindsItsProtocolFailedMayReconnect() throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .echoes))
    try pair.serverSends("HTTP/1.1 400 Bad Request\r\n\r\n")
    let program = try #require(
      program_start(Int32(PROGRAM_RECONNECTS), 1, -1, pair.client, other.client, policy))
    defer { program_end(program) }
    #expect(eventually { program_other_pings(program) >= 10 })
    #expect(program_first_verdict(program) == -1)
    #expect(program_other_verdict(program) == Int32(FLATLINE_ALIVE))
    #expect(program_changes(program) == 0)
    try expectADeathOfTheOther(other, program)
  }

  private func expectADeathOfTheOther(_ other: TCPPair, _ program: OpaquePointer) throws {
    other.serverHangs()
    #expect(eventually { program_other_verdict(program) == Int32(FLATLINE_DEAD) })
    #expect(eventually { program_has_cause(program, "peerHung") == 1 })
  }
}
