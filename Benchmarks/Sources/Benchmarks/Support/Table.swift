/// A plain table: the first column to the left, numbers to the right.
struct Table {
  let title: String
  let header: [String]
  var rows: [[String]] = []

  init(_ title: String, _ header: [String]) {
    self.title = title
    self.header = header
  }

  var text: String {
    let lines = [header] + rows
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let body = lines.map { line in
      line.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }
    return ([title] + body.map { "  " + $0 }).joined(separator: "\n")
  }

  /// A number with so many decimals; a dash for none.
  static func number(_ value: Double?, _ decimals: Int = 0) -> String {
    guard let value, value.isFinite else { return "–" }
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % scale)
    return sign + "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}
