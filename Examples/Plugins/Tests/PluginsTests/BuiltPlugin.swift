import FlatlineCore
import FlatlinePlugins
import Foundation

/// The detector as a shared library, in each language that makes one.
enum BuiltPlugin: String, CaseIterable, Sendable {
  case inC = "c"
  case inRust = "rust"

  /// This example's directory.
  static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized.path

  /// Made once, by `make`.
  private static let made: Result<Void, any Error> = Result {
    _ = try Command.run("/usr/bin/env", ["make", "-s", "-C", example])
  }

  /// The detector that the library brings.
  func detector() throws -> RegisteredDetector {
    try BuiltPlugin.made.get()
    let file = try PluginFile("\(BuiltPlugin.example)/build/retransmitting-\(rawValue).so")
    guard let detector = file.detectors.first, file.detectors.count == 1 else {
      throw PluginError(at: "detectors", found: "\(file.detectors.count)", allowed: "one")
    }
    return detector
  }
}

/// A program that a test runs to its end.
enum Command {
  /// A program that failed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// - Returns: what it printed.
  static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let (given, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = given
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try given.fileHandleForWriting.close()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(arguments): \(String(decoding: complaint, as: UTF8.self))")
    }
    return String(decoding: printed, as: UTF8.self)
  }
}
