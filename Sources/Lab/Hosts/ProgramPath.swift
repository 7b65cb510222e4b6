import Glibc

/// Finds programs as a shell does.
enum ProgramPath {
  /// A name without a slash is looked up in PATH.
  static func find(_ program: String) throws(LabError) -> String {
    if program.contains("/") { return program }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in path.split(separator: ":") {
      let candidate = "\(directory)/\(program)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw .invalid("no program \"\(program)\" along PATH (\(path))")
  }

  /// The argument bytes of `FLATLINE_LAB_SPAWN`.
  static func words(_ path: String, _ arguments: [String], _ settings: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for count in [arguments.count, settings.count] {
      withUnsafeBytes(of: UInt32(count)) { bytes += $0 }
    }
    for text in [path] + arguments + settings { bytes += Array(text.utf8) + [0] }
    return bytes
  }

  /// Our environment, as "NAME=value".
  static func ownEnvironment() -> [String] {
    var settings: [String] = []
    var next = environ
    while let setting = next.pointee {
      settings.append(String(cString: setting))
      next += 1
    }
    return settings
  }
}
