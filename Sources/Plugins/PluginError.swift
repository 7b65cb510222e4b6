/// An error in a plug-in: its place in the description, the value found and the values allowed.
public struct PluginError: Error, Hashable, Sendable {
  /// The file that was to be loaded; `nil` for a description that the program itself registers.
  public var file: String?
  /// What is wrong: `abi`, `detectors[0].name`, `detectors.our-own.settings.period`. Empty for the file as a whole.
  public var place: String
  /// The value found there.
  public var found: String
  /// The values allowed there.
  public var allowed: String

  /// From its parts, each described at its property.
  public init(at place: String, found: String, allowed: String) {
    self.place = place
    self.found = found
    self.allowed = allowed
  }

  /// The same error, with its file.
  func from(_ file: String) -> PluginError {
    var copy = self
    copy.file = file
    return copy
  }
}

extension PluginError: CustomStringConvertible {
  /// One line.
  public var description: String {
    let head = [file, place].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
    return "\(head): found \(found); allowed: \(allowed)"
  }
}
