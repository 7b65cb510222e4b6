import FlatlineCore
import Foundation
import Testing

/// Numbers are written as printf(3) writes them.
struct DecimalTextTests {
  @Test(arguments: [
    0, -0.0, 0.5, 1.5, 2.5, -0.5, -2.5, 0.125, 0.375, 0.05, 0.15, 0.25, 0.35, 9.95, 0.0995, 999.5, 0.999,
    99.9995, 1e-9,
    -1e-9, .leastNonzeroMagnitude, .leastNormalMagnitude, 0.1 + 0.2, 1e14 + 0.5, -123_456_789.987654321,
    4_503_599_627_370_497.5 / 8,
  ])
  func roundsLikePrintf(_ number: Double) {
    for decimals in 0...6 {
      #expect(number.text(decimals: decimals) == String(format: "%.\(decimals)f", number))
    }
  }

  @Test func roundsLikePrintfEverywhere() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let number =
        Double.random(in: -1...1, using: &random) * pow(10, Double.random(in: -12...14.9, using: &random))
      let decimals = Int.random(in: 0...6, using: &random)
      #expect(number.text(decimals: decimals) == String(format: "%.\(decimals)f", number), "\(number)")
    }
  }

  @Test func whatHasNoDecimalsIsDescribed() {
    #expect(Double.infinity.text(decimals: 2) == "inf")
    #expect(Double.nan.text(decimals: 2) == "nan")
    #expect(1e300.text(decimals: 2) == "1e+300")
  }
}
