import FlatlineCHeader
import FlatlineTestSupport
import Testing

/// `flatline_register_detector` and `flatline_load_plugin`, called as C calls them.
struct RegisterTests {
  private let monitor: OpaquePointer
  private let directory: TemporaryDirectory

  init() throws {
    var made: OpaquePointer?
    #expect(flatline_monitor_create(0, &made, nil) == 0)
    monitor = try #require(made)
    directory = try TemporaryDirectory()
  }

  /// Says what the end says, every 10 ms.
  private static func detector() -> flatline_detector {
    let name: StaticString = "our-own"
    var detector = flatline_detector()
    detector.size = UInt32(MemoryLayout<flatline_detector>.size)
    detector.name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    detector.needs = { _, needs in needs?.pointee.period_ns = 10_000_000 }
    detector.examine = { look, _, _, opinion in
      if look?.pointee.end != Int32(FLATLINE_OPEN) { opinion?.pointee.leaning = Int32(FLATLINE_SHOWS_END) }
    }
    return detector
  }

  private func message(_ error: flatline_error) -> String {
    withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private func expectRefusal(_ detector: flatline_detector?, _ expected: String) {
    var error = flatline_error()
    let code =
      if let detector {
        withUnsafePointer(to: detector) { flatline_register_detector(monitor, $0, &error) }
      } else {
        flatline_register_detector(monitor, nil, &error)
      }
    #expect(code == Int32(FLATLINE_ERROR_ARGUMENT))
    #expect(error.code == code)
    #expect(message(error) == expected)
  }

  @Test func aPolicyNamesADetectorOfTheProgram() throws {
    defer { flatline_monitor_destroy(monitor) }
    let policy = try directory.write(
      #"{detectors: {"our-own": {}}, suspect: "our-own", dead: "our-own"}"#, to: "ours.json")
    let pair = try TCPPair.loopback(server: .silent)
    let context = Context()
    var error = flatline_error()
    let early = flatline_watch(monitor, pair.client, policy, Context.callback, context.pointer, nil, &error)
    #expect(early == Int32(FLATLINE_ERROR_POLICY))
    #expect(message(error).contains("unknown detector \"our-own\""))
    var detector = Self.detector()
    #expect(flatline_register_detector(monitor, &detector, &error) == 0)
    #expect(error.code == 0)
    let code = flatline_watch(monitor, pair.client, policy, Context.callback, context.pointer, nil, &error)
    #expect(code == 0, "\(message(error))")
    pair.serverCloses()
    #expect(context.wait { !$0.told.isEmpty })
    let told = try #require(context.told.first)
    #expect(told.cause == "peerClosed")
    #expect(told.reason.hasPrefix("our-own"))
  }

  @Test func aWrongDetectorIsRefused() throws {
    defer { flatline_monitor_destroy(monitor) }
    expectRefusal(nil, "detector: found NULL; allowed: a flatline_detector")
    var detector = Self.detector()
    detector.examine = nil
    expectRefusal(detector, "detectors.our-own.examine: found NULL; allowed: a function")
    detector = Self.detector()
    #expect(flatline_register_detector(monitor, &detector, nil) == 0)
    expectRefusal(
      detector, "detectors.our-own: found a detector of that name already; allowed: a name that is not taken")
    let none = flatline_register_detector(nil, &detector, nil)
    #expect(none == Int32(FLATLINE_ERROR_ARGUMENT))
  }

  @Test func aFileThatCannotBeLoadedIsRefused() throws {
    defer { flatline_monitor_destroy(monitor) }
    var error = flatline_error()
    #expect(flatline_load_plugin(monitor, nil, &error) == Int32(FLATLINE_ERROR_ARGUMENT))
    #expect(message(error) == "file: found NULL; allowed: a shared library")
    let path = try directory.write("text", to: "text.so")
    #expect(flatline_load_plugin(monitor, path, &error) == Int32(FLATLINE_ERROR_ARGUMENT))
    #expect(message(error).hasSuffix("text.so: found file too short; allowed: a shared library"))
  }
}
