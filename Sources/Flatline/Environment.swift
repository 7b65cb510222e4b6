import Glibc

/// Variables of this process's environment (environ(7)).
package enum Environment {
  /// Those of the names that are set.
  package static func values(_ names: String...) -> [String: String] {
    var values: [String: String] = [:]
    for name in names { values[name] = getenv(name).map { String(cString: $0) } }
    return values
  }
}
