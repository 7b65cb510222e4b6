import Glibc

/// Finds policies by name or file: the user's own directory first, then the named policies.
public struct PolicyLibrary: Sendable {
  /// Where a user's own policies are, as `NAME.json`.
  public let directory: String
  private let registry: DetectorRegistry

  /// - Parameters:
  ///   - environment: where `XDG_CONFIG_HOME` and `HOME` are looked at (XDG Base Directory Specification); `nil`
  ///     for the process's own.
  ///   - registry: the detectors that policies may name.
  public init(
    environment: [String: String]? = nil, registry: DetectorRegistry = .builtIn
  ) {
    let environment = environment ?? Environment.values("XDG_CONFIG_HOME", "HOME")
    // The specification: a path that is not absolute is to be ignored.
    let configured = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let base = configured ?? (environment["HOME"] ?? "") + "/.config"
    directory = base + "/flatline/policies"
    self.registry = registry
  }

  /// Finds a policy: a text with a slash or ending in `.json` is a file, any other a name.
  ///
  /// - Throws: `PolicyError`.
  public func policy(_ nameOrFile: String) throws(PolicyError) -> Policy {
    if nameOrFile.contains("/") || nameOrFile.hasSuffix(".json") { return try read(nameOrFile) }
    if userNames.contains(nameOrFile) { return try read(path(of: nameOrFile)) }
    guard let policy = NamedPolicies.named(nameOrFile) ?? FieldPolicies.named(nameOrFile) else {
      let names = self.names + FieldPolicies.all.map(\.name)
      throw PolicyError(
        at: "policy", found: "unknown policy \"\(PolicyError.plain(nameOrFile))\"",
        allowed: names.joined(separator: ", ") + ", or a file",
        suggestion: NearestName.of(nameOrFile, in: names))
    }
    return policy
  }

  /// Every name that can be asked for, the user's own first.
  public var names: [String] {
    let own = userNames
    return own + NamedPolicies.all.map(\.name).filter { !own.contains($0) }
  }

  /// The names of the user's own policies.
  public var userNames: [String] {
    // A missing directory holds no policies.
    guard let folder = opendir(directory) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let file = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if file.hasSuffix(".json") { names.append(String(file.dropLast(5))) }
    }
    return names.sorted()
  }

  /// Reads and checks a policy file.
  public func read(_ path: String) throws(PolicyError) -> Policy {
    let bytes: [UInt8]
    do {
      bytes = try PolicyLibrary.bytes(of: path)
    } catch {
      throw PolicyError(at: "", found: error.description, allowed: "a policy file that can be read").from(
        path)
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    do {
      return try Policy(
        json: bytes, named: name.hasSuffix(".json") ? String(name.dropLast(5)) : name, registry: registry)
    } catch {
      throw error.from(path)
    }
  }

  private func path(of name: String) -> String { "\(directory)/\(name).json" }

  /// The file's bytes, at most one more than the allowed maximum, so that no file fills the memory.
  private static func bytes(of path: String) throws(Errno) -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Errno(rawValue: errno) }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: PolicyText.largest + 1)
    let count = fread(&buffer, 1, buffer.count, file)
    guard ferror(file) == 0 else { throw Errno(rawValue: errno) }
    return Array(buffer[..<count])
  }
}
