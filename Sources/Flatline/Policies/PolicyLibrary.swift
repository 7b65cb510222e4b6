import Glibc

/// Finds policies by name or file: the user's own directory first, then the named policies.
public struct PolicyLibrary: Sendable {
  /// Where a user's own policies are, as `NAME.json` or `NAME.json5`.
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

  /// Finds a policy. A text with a slash, or ending in `.json` or `.json5`, is a file. Any other is a name, and a file
  /// only where there is a file of this name and no policy.
  ///
  /// - Throws: `PolicyError`.
  public func policy(_ nameOrFile: String) throws(PolicyError) -> Policy {
    if nameOrFile.contains("/") || PolicyLibrary.suffix(of: nameOrFile) != nil { return try read(nameOrFile) }
    if let file = ownFiles[nameOrFile] { return try read("\(directory)/\(file)") }
    guard let policy = NamedPolicies.named(nameOrFile) ?? FieldPolicies.named(nameOrFile) else {
      if PolicyLibrary.isFile(nameOrFile) { return try read(nameOrFile) }
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
  public var userNames: [String] { ownFiles.keys.sorted() }

  /// The user's own files by their policies' names. Of two files of one name, `.json` comes before `.json5`.
  private var ownFiles: [String: String] {
    // A missing directory holds no policies.
    guard let folder = opendir(directory) else { return [:] }
    defer { closedir(folder) }
    var files: [String: String] = [:]
    while let entry = readdir(folder) {
      let file = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let suffix = PolicyLibrary.suffix(of: file) else { continue }
      let name = String(file.dropLast(suffix.count))
      files[name] = min(file, files[name] ?? file)
    }
    return files
  }

  /// The end of a policy file's name; `nil` for another name.
  private static func suffix(of name: String) -> String? {
    [".json", ".json5"].first { name.hasSuffix($0) }
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
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
        json: bytes, named: String(name.dropLast(PolicyLibrary.suffix(of: name)?.count ?? 0)),
        registry: registry)
    } catch {
      throw error.from(path)
    }
  }

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
