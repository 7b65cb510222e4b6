/// Collects one line at a time, up to a limit.
struct LineBuffer: Sendable {
  enum Outcome: Hashable {
    /// All bytes were taken; the line is not over.
    case incomplete
    /// A line without its line feed and without the carriage return before it.
    case line([UInt8])
    /// The line is longer than the limit. Reported once; the rest of that line is thrown away.
    case tooLong
  }

  let limit: Int
  private var held: [UInt8] = []
  private var isSkipping = false

  init(limit: Int) {
    self.limit = limit
  }

  var count: Int { held.count }

  /// Takes bytes from the front, up to and including the end of a line.
  mutating func take(from bytes: inout ArraySlice<UInt8>) -> Outcome {
    while !bytes.isEmpty {
      let newline = bytes.firstIndex(of: 0x0A)
      let part = bytes[..<(newline ?? bytes.endIndex)]
      bytes = bytes[(newline.map { $0 + 1 } ?? bytes.endIndex)...]
      if isSkipping {
        isSkipping = newline == nil
        continue
      }
      // One more than the limit: the carriage return is not part of the line.
      guard part.count <= limit + 1 - held.count else {
        held.removeAll()
        isSkipping = newline == nil
        return .tooLong
      }
      held += part
      guard newline != nil else { return .incomplete }
      if held.last == 0x0D { held.removeLast() }
      defer { held.removeAll(keepingCapacity: true) }
      return held.count <= limit ? .line(held) : .tooLong
    }
    return .incomplete
  }
}
