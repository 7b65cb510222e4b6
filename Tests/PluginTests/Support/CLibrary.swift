import FlatlineTestSupport
import Foundation

/// A shared library that a test makes from a source in C.
enum CLibrary {
  /// The header's directory.
  private static let headers = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Sources/CHeader/include").standardized.path
  private static let plugins = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Plugins").standardized.path

  /// Compiles `Plugins/plugin.c` with some macros, by the compiler that comes with Swift.
  ///
  /// - Parameters:
  ///   - macros: as `-D` takes them.
  ///   - directory: where the library is put.
  /// - Returns: the library's path.
  static func build(_ macros: [String] = [], in directory: TemporaryDirectory) throws -> String {
    let path = "\(directory.path)/plugin-\(macros.joined(separator: "-")).so"
    let compiler = try ChildProcess(
      "/usr/bin/env",
      ["clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-I", headers]
        + macros.map { "-D\($0)" } + ["-o", path, "\(plugins)/plugin.c"])
    let ending = try compiler.waitForExit(timeout: .seconds(60))
    guard ending == .exited(0) else {
      throw TestSupportError.command(
        "clang", input: "", said: compiler.lines.map(\.text).joined(separator: "\n"))
    }
    return path
  }
}
