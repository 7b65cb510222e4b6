extension Double {
  /// The number with `decimals` decimals, as `%.Nf` of printf(3) writes it. The same in every locale. Rounds to
  /// nearest, ties to the even digit.
  ///
  /// - Parameter decimals: at most 6.
  package func text(decimals: Int) -> String {
    // Beyond 1e15, a Double has no decimals to round.
    guard abs(self) < 1e15 else { return description }
    let digits = max(0, min(decimals, 6))
    let scale = (0..<digits).reduce(UInt128(1)) { power, _ in power * 10 }
    // The value is exactly significand / 2^shift.
    let significand =
      UInt128(significandBitPattern) | (isNormal ? 1 << UInt128(Double.significandBitCount) : 0)
    let shift = Double.significandBitCount - Int(exponent == Int.min ? 0 : exponent)
    let scaled = significand * scale
    var rounded = shift > 0 ? scaled >> UInt128(shift) : scaled << UInt128(-shift)
    if shift > 0, shift < UInt128.bitWidth {
      let rest = scaled & (1 << UInt128(shift) - 1)
      let half = UInt128(1) << UInt128(shift - 1)
      if rest > half || rest == half && rounded % 2 == 1 { rounded += 1 }
    }
    let whole = "\(sign == .minus ? "-" : "")\(rounded / scale)"
    guard digits > 0 else { return whole }
    let fraction = String(rounded % scale)
    return "\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
