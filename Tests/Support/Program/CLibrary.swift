import Foundation

/// A shared library that a test makes from a source in C, such as a plug-in.
public enum CLibrary {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../..").standardized.path

  /// Compiles a source by the compiler that comes with Swift.
  ///
  /// - Parameters:
  ///   - source: the source, from this repository's root on.
  ///   - macros: as `-D` takes them.
  ///   - directory: where the library is put.
  /// - Returns: the library's path.
  public static func build(
    _ source: String, _ macros: [String] = [], in directory: TemporaryDirectory
  ) throws -> String {
    let path = "\(directory.path)/plugin\(macros.map { "-\($0)" }.joined()).so"
    let flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]
    let compiler = try ChildProcess(
      "/usr/bin/env",
      ["clang"] + flags + ["-I", "\(root)/Sources/CHeader/include"] + macros.map { "-D\($0)" }
        + ["-o", path, "\(root)/\(source)"])
    guard try compiler.waitForExit(timeout: .seconds(60)) == .exited(0) else {
      let said = compiler.lines.map(\.text).joined(separator: "\n")
      throw TestSupportError.command("clang", input: source, said: said)
    }
    return path
  }
}
