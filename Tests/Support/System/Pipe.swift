import Glibc

/// A descriptor that is closed when the last who has it lets go.
final class Descriptor: Sendable {
  let number: CInt

  init(_ number: CInt) {
    self.number = number
  }

  deinit {
    close(number)
  }
}

/// Both ends of a pipe; reading from it does not block.
struct Pipe: Sendable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(TestSupportError) {
    let ends = try SystemCalls.pipe()
    (reading, writing) = (Descriptor(ends.reading), Descriptor(ends.writing))
    try SystemCalls.setNonBlocking(ends.reading)
  }
}
