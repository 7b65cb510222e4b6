import Testing

@testable import FlatlineHeartbeat

@Suite struct LineBufferTests {
  private func lines(_ text: String, pieces: Int) -> [LineBuffer.Outcome] {
    var buffer = LineBuffer(limit: 3)
    var found: [LineBuffer.Outcome] = []
    var rest = bytes(text)[...]
    while !rest.isEmpty {
      var piece = rest.prefix(pieces)
      rest = rest.dropFirst(pieces)
      while !piece.isEmpty {
        let outcome = buffer.take(from: &piece)
        if outcome != .incomplete { found.append(outcome) }
      }
      #expect(buffer.count <= 4)
    }
    return found
  }

  @Test(arguments: 1...12) func splitsLinesWhateverThePieces(_ pieces: Int) {
    let found = lines("ab\r\n\nabc\r\nabcd\nabcdefgh\r\nx\ny", pieces: pieces)
    let expected: [LineBuffer.Outcome] = [
      .line(bytes("ab")), .line([]), .line(bytes("abc")), .tooLong, .tooLong, .line(bytes("x")),
    ]
    #expect(found == expected)
  }

  @Test func digits() {
    #expect(WireBytes.digits(bytes("18446744073709551615")) == .max)
    #expect(WireBytes.digits(bytes("18446744073709551616")) == nil)
    #expect(WireBytes.digits(bytes("fF"), radix: 16) == 255)
    #expect(WireBytes.digits(bytes("f")) == nil)
    #expect(WireBytes.digits([]) == nil)
  }
}
