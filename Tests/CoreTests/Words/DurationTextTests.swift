import FlatlineCore
import FlatlineTestKit
import Testing

struct DurationTextTests {
  @Test(arguments: 0..<20)
  func everyDurationIsReadBackExactly(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 7000)
    for _ in 0..<500 {
      // Of every magnitude, from nanoseconds to a hundred years.
      let shift = Int64.random(in: 0...61, using: &random)
      let nanoseconds = min(
        Int64.random(in: 0...Int64(1) << shift, using: &random), 3_155_760_000_000_000_000)
      let duration = Duration.nanoseconds(nanoseconds)
      #expect(DurationText.duration(DurationText.text(duration)) == duration)
    }
  }

  @Test(
    arguments: [
      ("0s", .zero), ("250ms", .milliseconds(250)), ("2s", .seconds(2)), ("1.5h", .seconds(5400)),
      ("0.25ms", .microseconds(250)), ("1.000001s", .microseconds(1_000_001)), ("90m", .seconds(5400)),
      ("007us", .microseconds(7)), ("3ns", .nanoseconds(3)), ("876600h", .seconds(3_155_760_000)),
    ] as [(String, Duration)])
  func readsWhatPeopleWrite(text: String, duration: Duration) {
    #expect(DurationText.duration(text) == duration)
  }

  @Test(
    arguments: [
      (.zero, "0s"), (.milliseconds(1500), "1500ms"), (.seconds(60), "1m"), (.seconds(5400), "90m"),
      (.seconds(7200), "2h"), (.nanoseconds(1), "1ns"), (.microseconds(10), "10us"),
    ] as [(Duration, String)])
  func writesTheLongestUnitThatTakesItWhole(duration: Duration, text: String) {
    #expect(DurationText.text(duration) == text)
  }

  @Test(arguments: [
    "", "s", "5", "5 s", " 5s", "5s ", "-5s", "+5s", "5S", "5sec", "1,5s", "1.s", ".5s", "1.2.3s", "1e3s",
    "0x5s",
    "٥s", "5s\u{301}", "0.1ns", "0.0000000000000001s", "876600.5h", "876601h", "99999999999999999999s", "5d",
    "∞s",
    "NaNs", "5\0s",
  ])
  func refusesTheRest(text: String) {
    #expect(DurationText.duration(text) == nil)
  }
}
