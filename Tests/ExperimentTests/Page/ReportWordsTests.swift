import Flatline
import FlatlineExperiments
import Testing

/// How a report says things.
struct ReportWordsTests {
  @Test(arguments: [
    (Duration.zero, "0 ms"), (.microseconds(60), "60 µs"), (.microseconds(340), "0.3 ms"),
    (.milliseconds(85), "85 ms"), (.milliseconds(999), "999 ms"), (.milliseconds(3420), "3.42 s"),
    (.seconds(40), "40.0 s"), (.seconds(150), "2 min 30 s"), (.seconds(7872), "2 h 11 min"),
    (.milliseconds(-900), "-900 ms"),
  ])
  func durations(_ duration: Duration, _ words: String) {
    #expect(ReportWords.duration(duration) == words)
  }

  @Test func intervals() {
    #expect(ReportWords.perHour(.rate(0, in: 3600)) == "0 (0 to 3.69)")
    #expect(ReportWords.seconds(.mean([3])) == "3.00 s")
    #expect(ReportWords.seconds(.mean([])) == "–")
    #expect(ReportWords.percent(.share(10, of: 10)) == "100.0% (69.2% to 100.0%)")
  }

  /// Each judgement has words and a sign of its own kind; none is empty.
  @Test func judgements() {
    let all: [Judgement] = [
      .right, .witnessMissing("link"), .late(.seconds(1)), .wrongCause(.timedOut), .missed, .blind(needs: []),
      .notWithinRun(promised: .seconds(9)), .convicted(.pathSilent), .convictedBeyondPromise(.pathSilent),
      .failed("no lab"),
    ]
    #expect(Set(all.map(\.name)).count == all.count)
    for judgement in all {
      #expect(
        ReportWords.sign(judgement).contains("✗")
          == (judgement.isWrong || judgement.name.hasSuffix("Promise")))
      #expect(!ReportWords.judgement(judgement, isFault: true).isEmpty)
    }
  }
}
