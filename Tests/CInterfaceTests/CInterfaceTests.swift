import FlatlineCHeader
import FlatlineTestSupport
import Glibc
import Testing

/// The functions of `flatline.h`, called as C calls them.
@Suite(.onOwnThread)
struct CInterfaceTests {
  private func message(_ error: flatline_error) -> String {
    withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private func make(_ flags: UInt32 = 0) throws -> OpaquePointer {
    var monitor: OpaquePointer?
    #expect(flatline_monitor_create(flags, &monitor, nil) == 0)
    return try #require(monitor)
  }

  @Test func theLibraryIsTheHeadersVersion() {
    #expect(String(cString: flatline_version()) == FLATLINE_VERSION)
  }

  @Test func aDeathIsToldWithItsReason() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    var connection: UInt64 = 0
    var error = flatline_error()
    error.code = 77
    #expect(
      flatline_watch(monitor, pair.client, "lan", Context.callback, context.pointer, &connection, &error) == 0
    )
    #expect(error.code == 0)
    #expect(connection != 0)
    #expect(flatline_verdict(monitor, connection) == Int32(FLATLINE_ALIVE))
    pair.serverCloses()
    #expect(context.wait { $0.told.count == 1 })
    let told = try #require(context.told.first)
    #expect(told.verdict == Int32(FLATLINE_DEAD))
    #expect(told.previous == Int32(FLATLINE_ALIVE))
    #expect(told.isHalfClose)
    #expect(told.connection == connection)
    #expect(told.cause == "peerClosed")
    #expect(
      told.reason.hasPrefix("tcp-info   dead        process     peerClosed  conclusive  challenged_by=epoll"))
    #expect(told.size == 56)
    #expect(told.isOrderly)
    #expect(flatline_verdict(monitor, connection) == Int32(FLATLINE_DEAD))
    flatline_unwatch(monitor, connection)
    flatline_unwatch(monitor, connection)
    #expect(flatline_verdict(monitor, connection) == -1)
  }

  /// Silence of a peer that is expected to be silent is no death; its RST is.
  @Test func anExpectedPauseIsNoDeath() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    var connection: UInt64 = 0
    #expect(
      flatline_watch(monitor, pair.client, "lan", Context.callback, context.pointer, &connection, nil) == 0)
    #expect(flatline_expect_pause(monitor, connection, 60_000) == 0)
    try pair.serverVanishes()
    // Twice the time in which lan tells it.
    usleep(5_000_000)
    #expect(flatline_verdict(monitor, connection) == Int32(FLATLINE_ALIVE))
    #expect(context.told.isEmpty)
    #expect(flatline_expect_pause(monitor, connection, 0) == 0)
    #expect(context.wait { $0.told.last?.verdict == Int32(FLATLINE_DEAD) })
    flatline_unwatch(monitor, connection)
    #expect(flatline_expect_pause(monitor, connection, 1) == Int32(FLATLINE_ERROR_NOT_WATCHED))
    #expect(flatline_expect_pause(nil, connection, 1) == Int32(FLATLINE_ERROR_NOT_WATCHED))
  }

  @Test func errorsHaveACodeAndAMessage() throws {
    let pair = try TCPPair.loopback()
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    func watch(_ descriptor: CInt, _ policy: String?) -> (code: Int32, message: String) {
      var error = flatline_error()
      var connection: UInt64 = 77
      let code =
        if let policy {
          flatline_watch(
            monitor, descriptor, policy, Context.callback, context.pointer, &connection, &error)
        } else {
          flatline_watch(monitor, descriptor, nil, Context.callback, context.pointer, &connection, &error)
        }
      #expect(code == error.code)
      #expect((connection == 0) == (code != 0))
      return (code, message(error))
    }
    #expect(
      watch(-1, "lan") == (Int32(FLATLINE_ERROR_UNFIT), "descriptor -1 cannot be watched: it is not open"))
    let unknown = watch(pair.client, "lann")
    #expect(unknown.code == Int32(FLATLINE_ERROR_POLICY))
    #expect(unknown.message.hasSuffix("did you mean \"lan\"?"))
    let missing = watch(pair.client, "./no-such-file.json")
    #expect(missing.code == Int32(FLATLINE_ERROR_POLICY))
    #expect(missing.message.contains("No such file"))
    // Longer than there is room for: cut, and ended.
    let long = watch(pair.client, String(repeating: "ö/", count: 1000))
    #expect(long.code == Int32(FLATLINE_ERROR_POLICY))
    #expect((500...507).contains(long.message.utf8.count))
    #expect(!long.message.unicodeScalars.contains("\u{FFFD}"))
    #expect(watch(pair.client, nil).code == 0)
    #expect(watch(pair.client, nil).code == Int32(FLATLINE_ERROR_ALREADY_WATCHED))
  }

  @Test func aPolicyFileIsTaken() throws {
    let pair = try TCPPair.loopback()
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      #"{"detectors": {"epoll": {}}, "suspect": "epoll", "dead": "epoll", /* a comment */}"#, to: "mine.json")
    let context = Context()
    #expect(flatline_watch(monitor, pair.client, file, Context.callback, context.pointer, nil, nil) == 0)
  }

  @Test func nullIsAnErrorAndNoCrash() throws {
    let pair = try TCPPair.loopback()
    var error = flatline_error()
    let wrong = Int32(FLATLINE_ERROR_ARGUMENT)
    #expect(flatline_monitor_create(0, nil, &error) == wrong)
    #expect(message(error).hasPrefix("monitor: found NULL"))
    var monitor: OpaquePointer?
    #expect(flatline_monitor_create(6, &monitor, &error) == wrong)
    #expect(message(error).hasPrefix("flags: found 6"))
    #expect(flatline_monitor_create(0, nil, nil) == wrong)
    #expect(flatline_watch(nil, pair.client, "lan", Context.callback, nil, nil, &error) == wrong)
    let made = try make()
    #expect(flatline_watch(made, pair.client, "lan", nil, nil, nil, &error) == wrong)
    #expect(message(error).hasPrefix("callback: found NULL"))
    #expect(
      flatline_watch_with_ping(made, pair.client, "lan", Context.callback, nil, nil, nil, &error) == wrong)
    #expect(message(error).hasPrefix("ping: found NULL"))
    flatline_unwatch(nil, 1)
    flatline_monitor_process(nil)
    #expect(flatline_monitor_descriptor(nil) == -1)
    #expect(flatline_verdict(nil, 1) == -1)
    #expect(flatline_shut_down_socket(nil, 1) == Int32(FLATLINE_ERROR_NOT_WATCHED))
    #expect(flatline_shut_down_socket(made, 1) == Int32(FLATLINE_ERROR_NOT_WATCHED))
    flatline_monitor_destroy(made)
    flatline_monitor_destroy(nil)
  }

  @Test func aDrivenMonitorDoesNothingUntilAsked() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try make(UInt32(FLATLINE_DRIVEN))
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    #expect(flatline_watch(monitor, pair.client, nil, Context.callback, context.pointer, nil, nil) == 0)
    pair.serverResets()
    var entry = pollfd(fd: flatline_monitor_descriptor(monitor), events: Int16(POLLIN), revents: 0)
    #expect(poll(&entry, 1, 1000) == 1)
    usleep(10_000)
    #expect(context.told.isEmpty)
    for _ in 0..<100 where context.told.isEmpty {
      if poll(&entry, 1, 50) == 1 { flatline_monitor_process(monitor) }
    }
    #expect(context.told.map(\.cause) == ["peerReset"])
    #expect(context.told.first?.isHalfClose == false)
  }

  @Test func pingsAreSentAndAHungPeerIsTold() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    let context = Context(socket: pair.client)
    var connection: UInt64 = 0
    #expect(
      flatline_watch_with_ping(
        monitor, pair.client, "lan", Context.callback, Context.ping, context.pointer, &connection, nil) == 0)
    #expect(context.wait { $0.told.last?.verdict == Int32(FLATLINE_DEAD) })
    #expect(context.told.map(\.verdict) == [Int32(FLATLINE_SUSPECT), Int32(FLATLINE_DEAD)])
    #expect(context.told.last?.cause == "peerHung")
    #expect(context.pinged >= 6)
    // A thread that waits on the socket can be let go.
    #expect(flatline_shut_down_socket(monitor, connection) == 0)
    var byte: UInt8 = 0
    #expect(recv(pair.client, &byte, 1, 0) == 0)
    flatline_unwatch(monitor, connection)
  }

  @Test func aStreamThatCannotBePingedIsLeftToTheOthers() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    let context = Context(outcome: -1)
    #expect(
      flatline_watch_with_ping(
        monitor, pair.client, "lan", Context.callback, Context.ping, context.pointer, nil, nil) == 0)
    #expect(context.wait { $0.pinged == 1 })
    usleep(400_000)
    #expect(context.pinged == 1)
    #expect(context.told.isEmpty)
  }

  @Test func afterUnwatchNoCallbackRuns() throws {
    let monitor = try make()
    defer { flatline_monitor_destroy(monitor) }
    for round in 0..<100 {
      let pair = try TCPPair.loopback(server: .silent)
      let context = Context()
      var connection: UInt64 = 0
      #expect(
        flatline_watch(monitor, pair.client, "epoll", Context.callback, context.pointer, &connection, nil)
          == 0)
      pair.serverResets()
      usleep(useconds_t(round * 3))
      flatline_unwatch(monitor, connection)
      let count = context.told.count
      usleep(200)
      #expect(context.told.count == count)
    }
  }
}
