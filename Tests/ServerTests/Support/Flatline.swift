import FlatlineTestSupport
import Foundation

/// The program under test, as a user runs it.
enum Flatline {
  /// Where SwiftPM puts it: beside the program that runs the tests.
  static var path: String {
    BuiltProgram.path("flatline")
  }

  static func watch(_ port: UInt16, _ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(path, ["watch", "127.0.0.1:\(port)", "--json", "--policy", "fast-path"] + arguments)
  }
}
