import FlatlineCHeader
import FlatlineCore
import FlatlineTestSupport
import Glibc
import Testing

/// `flatline_is_reusable` and `flatline_look_at`, called as C calls them.
struct ReusabilityTests {
  @Test(arguments: Reusability.Reason.allCases)
  func eachReasonHasItsNumberAndItsText(_ reason: Reusability.Reason) throws {
    let socket = try UselessSocket(reason)
    var found: Int32 = -1
    #expect(
      eventually { flatline_is_reusable(socket.descriptor, &found) == 0 && found == reason.rawValue })
    #expect(flatline_is_reusable(socket.descriptor, nil) == 0)
    #expect(String(cString: flatline_reusability_text(found)) == reason.description)
    if reason == .reset { #expect(socket.takeError() == ECONNRESET) }
    if reason == .unread { #expect(!socket.takeBytes().isEmpty) }
  }

  /// The numbers of the header are those of Swift.
  @Test func theHeaderNamesEachReason() {
    let names: [(Int, Reusability.Reason)] = [
      (FLATLINE_NOT_OPEN, .notOpen), (FLATLINE_NOT_TCP, .notTCP), (FLATLINE_NOT_CONNECTED, .notConnected),
      (FLATLINE_CLOSED, .closed), (FLATLINE_ONE_WAY, .halfClosed), (FLATLINE_RESET, .reset),
      (FLATLINE_TIMED_OUT, .timedOut), (FLATLINE_UNREAD, .unread), (FLATLINE_SILENT, .silent),
      (FLATLINE_CONNECTED_TO_ITSELF, .connectedToItself),
    ]
    #expect(names.map(\.1) == Reusability.Reason.allCases)
    for (number, reason) in names { #expect(Int(reason.rawValue) == number) }
  }

  @Test func aSoundConnectionIsReusable() throws {
    let pair = try TCPPair.loopback(server: .echoes)
    var reason: Int32 = -1
    #expect(flatline_is_reusable(pair.client, &reason) == 1)
    #expect(reason == Int32(FLATLINE_REUSABLE))
    #expect(String(cString: flatline_reusability_text(reason)) == "reusable")
    #expect([-1, 11, 4000].allSatisfy { String(cString: flatline_reusability_text($0)) == "unknown" })
  }

  @Test func aLookTellsTheVerdictOfNow() throws {
    var monitor: OpaquePointer?
    #expect(flatline_monitor_create(UInt32(FLATLINE_DRIVEN), &monitor, nil) == 0)
    defer { flatline_monitor_destroy(monitor) }
    let pair = try TCPPair.loopback(server: .silent)
    let context = Context()
    var connection: UInt64 = 0
    #expect(
      flatline_watch(monitor, pair.client, "lan", Context.callback, context.pointer, &connection, nil) == 0)
    #expect(flatline_look_at(monitor, connection) == Int32(FLATLINE_ALIVE))
    pair.serverResets()
    #expect(eventually { flatline_look_at(monitor, connection) == Int32(FLATLINE_DEAD) })
    // The callback is the loop's.
    #expect(context.told.isEmpty)
    flatline_monitor_process(monitor)
    #expect(context.told.map(\.cause) == ["peerReset"])
    flatline_unwatch(monitor, connection)
    #expect(flatline_look_at(monitor, connection) == -1)
    #expect(flatline_look_at(nil, connection) == -1)
  }
}
