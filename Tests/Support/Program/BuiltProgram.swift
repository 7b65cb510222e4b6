import Foundation

/// A program of this package, as a user runs it.
public enum BuiltProgram {
  /// Where SwiftPM puts it: beside the program that runs the tests.
  public static func path(_ name: String) -> String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
  }
}
