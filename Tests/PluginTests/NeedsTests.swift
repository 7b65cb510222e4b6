import FlatlineCHeader
import FlatlineCore
import Testing

@testable import FlatlinePlugins

/// The needs of a detector in C.
struct NeedsTests {
  private typealias FillNeeds = PluginFunctions.FillNeeds

  private func make(_ needs: @escaping FillNeeds) throws -> any Detector {
    var detector = MadeDetector()
    detector.raw.needs = needs
    return try detector.registered().makeDetector()
  }

  @Test func whatIsNotSetHasItsDefault() throws {
    #expect(try make { _, _ in }.needs == Needs())
  }

  @Test func eachMemberIsTaken() throws {
    let needs = try make { _, needs in
      guard let needs else { return }
      needs.pointee.readings = UInt32(FLATLINE_READ_UNREAD)
      needs.pointee.readiness = Readiness.readHangUp.rawValue
      needs.pointee.others = UInt32(FLATLINE_NEEDS_RECEPTIONS | FLATLINE_NEEDS_PINGER)
      needs.pointee.period_ns = 5
      needs.pointee.first_look_ns = 0
      needs.pointee.leeway_ns = .max
      needs.pointee.option_count = 2
      needs.pointee.options.0.level = SocketOption.userTimeout.level
      needs.pointee.options.0.name = SocketOption.userTimeout.name
      needs.pointee.options.0.value = 900
      needs.pointee.options.0.condition = Int32(FLATLINE_IF_ZERO_WITH)
      needs.pointee.options.0.with_level = SocketOption.keepalive.level
      needs.pointee.options.0.with_name = SocketOption.keepalive.name
      needs.pointee.options.1.level = SocketOption.keepalive.level
      needs.pointee.options.1.name = SocketOption.keepalive.name
      needs.pointee.options.1.value = 1
      needs.pointee.options.1.is_required = 1
    }.needs
    let expected = Needs(
      readiness: .readHangUp, period: .nanoseconds(5), firstLook: .zero, leeway: .nanoseconds(Int64.max),
      readings: .unreadBytes,
      options: [
        HeldOption(.userTimeout, 900, if: .ifZero(with: .keepalive)),
        HeldOption(.keepalive, 1, isRequired: true),
      ], receptions: true, pinger: true)
    #expect(needs == expected)
  }

  @Test func wrongNeedsAreAnErrorOfThePolicy() throws {
    let wrong: [(FillNeeds, place: String, found: String)] = [
      ({ $1?.pointee.readings = 8 }, "detectors.made.needs.readings", "8"),
      ({ $1?.pointee.others = 64 }, "detectors.made.needs.others", "64"),
      ({ $1?.pointee.first_look_ns = -2 }, "detectors.made.needs.first_look_ns", "-2"),
      ({ $1?.pointee.option_count = 9 }, "detectors.made.needs.option_count", "9"),
      (
        {
          $1?.pointee.option_count = 1
          $1?.pointee.options.0.condition = 3
        }, "detectors.made.needs.options[0].condition", "3"
      ),
      ({ $1?.pointee.option_count = 2 }, "detectors.made.needs.options[1]", "0/0 twice"),
      (
        {
          if let needs = $1 { CText.put("suspectAfter must be below deadAfter", in: &needs.pointee.refusal) }
        },
        "detectors.made", "suspectAfter must be below deadAfter"
      ),
    ]
    for (needs, place, found) in wrong {
      let error = #expect(throws: PolicyError.self) { try make(needs) }
      #expect(error?.place == place)
      #expect(error?.found == found)
    }
  }
}
