import Flatline
import FlatlineCHeader
import FlatlineTestSupport
import Testing

@testable import FlatlineCInterface

/// `flatline_watch_with_options`.
struct OptionsTests {
  private let monitor: OpaquePointer
  private let pair: TCPPair

  init() throws {
    var made: OpaquePointer?
    #expect(flatline_monitor_create(0, &made, nil) == 0)
    monitor = try #require(made)
    pair = try TCPPair.loopback(server: .silent)
  }

  private func watch(_ context: Context, _ options: flatline_options?) -> (code: Int32, message: String) {
    var error = flatline_error()
    func begin(_ options: UnsafePointer<flatline_options>?) -> Int32 {
      flatline_watch_with_options(
        monitor, pair.client, "epoll", Context.callback, context.pointer, options, nil, &error)
    }
    let code = if let options { withUnsafePointer(to: options, begin) } else { begin(nil) }
    return (
      code, withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    )
  }

  private func options(_ fin: Int = FLATLINE_FIN_AS_POLICY_SAYS) -> flatline_options {
    var options = flatline_options()
    options.size = UInt32(MemoryLayout<flatline_options>.size)
    options.fin = Int32(fin)
    return options
  }

  @Test func aFINIsWhatTheProgramSays() {
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    #expect(watch(context, options(FLATLINE_FIN_IS_HALF_CLOSED)).code == 0)
    pair.serverShutsDownWrite()
    #expect(context.wait { $0.told.map(\.verdict) == [Int32(FLATLINE_HALF_CLOSED)] })
    pair.serverResets()
    #expect(context.wait { $0.told.last?.verdict == Int32(FLATLINE_DEAD) })
  }

  @Test(arguments: [FLATLINE_FIN_AS_POLICY_SAYS, FLATLINE_FIN_IS_DEAD, nil])
  func aFINIsADeathElse(_ fin: Int?) {
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    #expect(watch(context, fin.map { options($0) }).code == 0)
    pair.serverShutsDownWrite()
    #expect(context.wait { $0.told.map(\.verdict) == [Int32(FLATLINE_DEAD)] })
  }

  @Test func wrongOptionsAreRefused() {
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    let unknown = watch(context, options(3))
    #expect(unknown.code == Int32(FLATLINE_ERROR_ARGUMENT))
    #expect(unknown.message.hasPrefix("options.fin: found 3"))
    var unsized = options()
    unsized.size = 0
    #expect(watch(context, unsized).message.hasPrefix("options: found the size 0"))
  }

  @Test(arguments: [0, 1])
  func aLargerStructureIsTakenWhereTheRestIsZero(_ rest: UInt64) {
    defer { flatline_monitor_destroy(monitor) }
    struct Later {
      var known: flatline_options
      var rest: UInt64
    }
    var later = Later(known: options(), rest: rest)
    later.known.size = UInt32(MemoryLayout<Later>.size)
    let context = Context()
    let code = withUnsafeBytes(of: later) { bytes in
      flatline_watch_with_options(
        monitor, pair.client, "epoll", Context.callback, context.pointer,
        bytes.baseAddress?.assumingMemoryBound(to: flatline_options.self), nil, nil)
    }
    #expect(code == Int32(rest == 0 ? FLATLINE_OK : FLATLINE_ERROR_ARGUMENT))
  }

  /// A smaller structure ends before the ping.
  @Test func membersThatAreNotThereAreZero() {
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    var small = options(FLATLINE_FIN_IS_HALF_CLOSED)
    small.size = 8
    small.ping = Context.ping
    #expect(watch(context, small).code == 0)
    pair.serverShutsDownWrite()
    #expect(context.wait { $0.told.map(\.verdict) == [Int32(FLATLINE_HALF_CLOSED)] })
    #expect(context.pinged == 0)
  }

  @Test func aMistakeIsToldWithWhatSpeaksForLife() {
    defer { flatline_monitor_destroy(monitor) }
    let context = Context()
    let life = Ballot(detector: "heartbeat", evidence: .alive(.process, at: MonotonicTime(nanoseconds: 3)))
    let mistake = Mistake(
      connection: ConnectionID(rawValue: 77), cause: .pathSilent, ballot: life,
      time: MonotonicTime(nanoseconds: 5))
    Callback(function: Context.callback, mistakeFunction: Context.mistakeCallback, context: context.pointer)
      .take(.mistake(mistake))
    #expect(context.mistakes == ["77 5 pathSilent (\(life)) 40"])
    // A program that does not ask hears nothing, and no verdict either.
    Callback(function: Context.callback, mistakeFunction: nil, context: context.pointer).take(
      .mistake(mistake))
    #expect(context.mistakes.count == 1 && context.told.isEmpty)
  }
}
