import Flatline

/// The name of a program, as its user knows it.
enum ProgramName {
  /// The last part of the path that the program was started by.
  static var own: String { of(CommandLine.arguments.first ?? "") }

  /// The name in the first word of a command line (execve(2): it may be missing, or anything).
  static func of(_ word: String) -> String {
    let name = word.split(separator: "/").last.map(String.init)?.inOneLine ?? ""
    return name.isEmpty ? "flatline" : name
  }

  /// The name as a part of a shell function's name.
  static func identifier(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
