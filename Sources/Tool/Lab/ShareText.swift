/// A share of packets in a user's notation: `1%`, `0.01`.
enum ShareText {
  static let allowed = "a share from 0 to 1, such as 0.01, or from 0% to 100%"

  static func share(_ text: String) -> Double? {
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : text), number.isFinite, number >= 0 else {
      return nil
    }
    let share = isPercent ? number / 100 : number
    return share <= 1 ? share : nil
  }
}
