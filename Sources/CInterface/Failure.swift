import Flatline
import FlatlineCHeader

/// The reason why a call of the C interface failed: a code of `flatline.h` and one line.
struct Failure: Error {
  let code: Int32
  let message: String

  init(_ code: Int, _ message: String) {
    self.code = Int32(code)
    self.message = message
  }

  static func argument(_ message: String) -> Failure { Failure(FLATLINE_ERROR_ARGUMENT, message) }

  init(_ error: WatchError) {
    let code =
      switch error {
      case .unfit, .unfitConnection: FLATLINE_ERROR_UNFIT
      case .alreadyWatched: FLATLINE_ERROR_ALREADY_WATCHED
      case .policy: FLATLINE_ERROR_POLICY
      default: FLATLINE_ERROR_SYSTEM
      }
    self.init(code, error.description)
  }

  init(_ error: Errno) { self.init(FLATLINE_ERROR_SYSTEM, "the kernel refused: \(error)") }

  /// Runs a call's body. A failure becomes the code, and fills the caller's error if there is one.
  static func reporting(
    to error: UnsafeMutablePointer<flatline_error>?, _ body: () throws(Failure) -> Void
  ) -> Int32 {
    do throws(Failure) {
      try body()
      error?.pointee.fill(Int32(FLATLINE_OK), "")
      return Int32(FLATLINE_OK)
    } catch let failure {
      error?.pointee.fill(failure.code, failure.message)
      return failure.code
    }
  }
}

extension flatline_error {
  /// Cuts the message at the end of a character where it is too long.
  fileprivate mutating func fill(_ code: Int32, _ text: String) {
    self.code = code
    withUnsafeMutableBytes(of: &message) { room in
      var count = 0
      for character in text {
        guard count + character.utf8.count < room.count else { break }
        for byte in character.utf8 {
          room[count] = byte
          count += 1
        }
      }
      room[count] = 0
    }
  }
}
