import Glibc

/// What a program prints, line by line.
final class Output {
  /// For the program.
  let writer: CInt
  private let reader: UnsafeMutablePointer<FILE>
  private var isOpen = true

  init() throws {
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0, let file = fdopen(ends[0], "r") else { throw Failure(code: errno) }
    (reader, writer) = (file, ends[1])
  }

  struct Failure: Error {
    let code: CInt
  }

  deinit {
    closeWriter()
    fclose(reader)
  }

  func closeWriter() {
    if isOpen { close(writer) }
    isOpen = false
  }

  /// Waits for such a line, and shows those on the way; false once there are no more.
  func line(containing part: String) -> Bool {
    var text: UnsafeMutablePointer<CChar>?
    var size = 0
    defer { free(text) }
    while getline(&text, &size, reader) > 0, let text {
      let line = String(cString: text)
      print("   ", line, terminator: "")
      if line.contains(part) { return true }
    }
    return false
  }
}
