/// Bits a second in a user's notation: `10mbit`, `64kbit`.
enum RateText {
  static let allowed = "a rate from 1kbit to 100gbit: a number and one of kbit, mbit, gbit"

  private static let units = [("kbit", 1e3), ("mbit", 1e6), ("gbit", 1e9)]

  static func rate(_ text: String) -> Int? {
    guard let unit = units.first(where: { text.hasSuffix($0.0) }), let number = Double(text.dropLast(4)),
      number.isFinite
    else { return nil }
    let rate = number * unit.1
    return (1e3...1e11).contains(rate) ? Int(rate) : nil
  }
}
