import Flatline
import FlatlinePlugins

/// `--plugin FILE`, an option of every command: detectors and heartbeat protocols from a shared library.
enum PluginOption {
  private static let name = "--plugin"

  static let description = OptionDescription(
    name, "FILE", "Load detectors and heartbeat protocols from the shared library FILE.", completion: .files,
    isRepeatable: true, isCommon: true)

  /// Takes the option out of the arguments, before or after the command's name.
  ///
  /// - Returns: the files, in order.
  static func take(from words: inout [String]) throws(CommandError) -> [String] {
    var files: [String] = []
    var kept: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        kept.append(word)
        break
      }
      guard word == name || word.hasPrefix("\(name)=") else {
        kept.append(word)
        continue
      }
      var file = String(word.dropFirst(name.count + 1))
      if word == name, let next = rest.first, !next.hasPrefix("--") {
        file = next
        rest.removeFirst()
      }
      guard !file.isEmpty else { throw .usage(name, found: "no value", allowed: "\(name) FILE") }
      files.append(file)
    }
    words = kept + rest
    return files
  }
}

extension ToolSurroundings {
  /// Adds what a file brings.
  mutating func load(plugin file: String) throws(CommandError) {
    do throws(PluginError) {
      try PluginFile(file).register(in: &registry, &protocols)
    } catch {
      throw CommandError(status: .usage, message: error.description)
    }
  }
}
