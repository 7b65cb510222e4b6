import FlatlineTestKit
import Testing

@testable import FlatlineEstimating

@Suite struct NormalPhiTests {
  /// python3 -c 'from mpmath import *; mp.dps=60
  /// for z in [-8,-3,-1,0,1,3,5,10,20,35,36,100,1e4]: print(z, nstr(-log10(erfc(mpf(z)/sqrt(2))/2), 20))'
  @Test(arguments: [
    (-8, 2.7017288495439213e-16), (-3, 5.8664931379006600e-4), (-1, 0.07502601295781802),
    (0, 0.30102999566398120), (1, 0.7995455414919703), (3, 2.8696990359293692), (5, 6.5426456723906545),
    (10, 23.118053405486077), (20, 88.560095343075602), (35, 267.94888194975297), (36, 283.37855116804829),
    (100, 2173.8715428690344), (10_000, 21714728.494252530),
  ])
  func knownLevels(score: Double, level: Double) {
    #expect(abs(NormalPhi.level(atScore: score) - level) <= 2e-13 * level)
  }

  /// python3 -c 'from mpmath import *; mp.dps=60
  /// for p,z in [(.1,-.8),(1,1.3),(3,3.1),(8,5.6),(12,7),(300,37),(1000,68)]:
  ///   print(p, nstr(findroot(lambda z: -log10(erfc(z/sqrt(2))/2)-mpf(str(p)), z), 20))'
  @Test(arguments: [
    (0.1, -0.82153160288309217), (1, 1.281551565544600467), (3, 3.0902323061678135), (8, 5.6120012441747887),
    (12, 7.0344838253011320), (300, 37.047096299361199), (1000, 67.785685596602620),
  ])
  func knownScores(level: Double, score: Double) {
    #expect(abs(NormalPhi.score(atLevel: level) - score) <= 1e-12 * abs(score))
  }

  /// python3 -c 'from scipy.stats import norm; print(.2 + .05*norm.isf(1e-8))'
  @Test func knownSilence() {
    let silence = NormalPhi.silence(threshold: 8, mean: 0.2, deviation: 0.05)
    #expect(abs(silence - 0.48060006220873946) < 1e-12)
  }

  @Test func levelsIncreaseAndStayFinite() {
    var last = -1.0
    for step in 0..<200_000 {
      let level = NormalPhi.level(atScore: -8 + Double(step) * 0.001)
      #expect(level > last)
      last = level
    }
    for exponent in 2...18 {
      let level = NormalPhi.level(
        silence: Double(sign: .plus, exponent: exponent, significand: 1), mean: 1, deviation: 0)
      #expect(level > 0 && level.isFinite)
    }
  }

  @Test func inverseRoundTrips() {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<5000 {
      let mean = Double.random(in: 0.001...10, using: &generator)
      let deviation = mean * Double.random(in: 0.001...0.3, using: &generator)
      let threshold = Double.random(in: 0.5...400, using: &generator)
      let silence = NormalPhi.silence(threshold: threshold, mean: mean, deviation: deviation)
      let level = NormalPhi.level(silence: silence, mean: mean, deviation: deviation)
      #expect(abs(level - threshold) <= 1e-8 * threshold)
    }
    for exponent in -12...29 {
      let level = (0..<abs(exponent)).reduce(1.0) { value, _ in exponent < 0 ? value / 10 : value * 10 }
      let back = NormalPhi.level(atScore: NormalPhi.score(atLevel: level))
      #expect(abs(back - level) <= 1e-9 * level)
    }
  }

  @Test func extremesDoNotBreakIt() {
    #expect(NormalPhi.silence(threshold: 0, mean: 1, deviation: 1) == 0)
    #expect(NormalPhi.silence(threshold: -1, mean: 1, deviation: 1) == 0)
    #expect(NormalPhi.silence(threshold: .nan, mean: 1, deviation: 1) == 0)
    #expect(NormalPhi.silence(threshold: .infinity, mean: 1, deviation: 1) == .infinity)
    #expect(NormalPhi.silence(threshold: 1e-300, mean: 1, deviation: 1).isFinite)
  }
}
