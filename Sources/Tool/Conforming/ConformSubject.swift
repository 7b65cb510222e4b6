import Flatline
import FlatlineTestKit
import Glibc

/// What `flatline conform` tries: a detector, or a heartbeat protocol.
struct ConformSubject {
  private enum Kind {
    case detector(RegisteredDetector, [String: SettingValue], length: Duration)
    case heartbeat(HeartbeatConformance)
  }

  let name: String
  private let kind: Kind

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    let name = arguments.operands[0]
    self.name = name
    if let detector = surroundings.registry[DetectorName(rawValue: name)] {
      guard arguments.texts("--answers").isEmpty else {
        throw .usage("--answers", found: "it with the detector \(name)", allowed: "with a heartbeat protocol")
      }
      let settings = try ConformSubject.settings(arguments.texts("--set"), of: detector)
      do throws(PolicyError) {
        _ = try detector.makeDetector(settings)
      } catch {
        throw .policy(error)
      }
      let longest = Duration.seconds(3600)
      let length = try arguments.value("--length", allowed: "above 0s, at most 1h, \(DurationText.allowed)") {
        text in
        DurationText.duration(text).flatMap { $0 > .zero && $0 <= longest ? $0 : nil }
      }
      kind = .detector(detector, settings, length: length ?? .seconds(30))
    } else if let sample = surroundings.protocols.make(name, target: HeartbeatTarget()) {
      for option in ["--set", "--length"] where !arguments.texts(option).isEmpty {
        throw .usage(option, found: "it with the heartbeat protocol \(name)", allowed: "with a detector")
      }
      var transcripts: [HeartbeatTranscript] = []
      for file in arguments.texts("--answers") {
        transcripts.append(HeartbeatTranscript(file.inOneLine, bytes: try ConformSubject.bytes(of: file)))
      }
      let protocols = surroundings.protocols
      kind = .heartbeat(
        HeartbeatConformance(name: name, transcripts: transcripts) {
          protocols.make(name, target: HeartbeatTarget()) ?? sample
        })
    } else {
      let names = surroundings.registry.names.map(\.rawValue) + surroundings.protocols.names
      throw .usage(
        "NAME", found: "\"\(PolicyError.plain(name))\"", allowed: names.joined(separator: ", "),
        suggestion: NearestName.of(name, in: names))
    }
  }

  /// The names of its rules, in order.
  var rules: [String] {
    switch kind {
    case .detector: ConformanceRule.allCases.map(\.rawValue)
    case .heartbeat: HeartbeatRule.allCases.map(\.rawValue)
    }
  }

  /// Tries one of ``rules``.
  func verdict(of rule: String) throws(CommandError) -> RuleVerdict {
    switch kind {
    case .detector(let detector, let settings, let length):
      guard let rule = ConformanceRule(rawValue: rule) else { break }
      do {
        return try detector.verdict(of: rule, settings: settings, length: length)
      } catch let error as PolicyError {
        throw .policy(error)
      } catch {
        throw .failure("\(error)")
      }
    case .heartbeat(let conformance):
      if let rule = HeartbeatRule(rawValue: rule) { return conformance.verdict(of: rule) }
    }
    throw .failure("there is no rule \(rule)")
  }

  /// `--set KEY=VALUE`, by the kind of the setting.
  private static func settings(
    _ words: [String], of detector: RegisteredDetector
  ) throws(CommandError) -> [String: SettingValue] {
    var settings: [String: SettingValue] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        throw .usage("--set", found: "\"\(PolicyError.plain(word))\"", allowed: "KEY=VALUE")
      }
      let kind = detector.settings.first { $0.key == parts[0] }?.kind
      switch (kind, parts[1], Double(parts[1])) {
      case (.flag, "true", _): settings[parts[0]] = .flag(true)
      case (.flag, "false", _): settings[parts[0]] = .flag(false)
      case (.integer, _, let number?), (.number, _, let number?): settings[parts[0]] = .number(number)
      default: settings[parts[0]] = .text(parts[1])
      }
    }
    return settings
  }

  private static func bytes(of file: String) throws(CommandError) -> [UInt8] {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .failure("\(file.inOneLine): \(Errno.current)") }
    defer { close(descriptor) }
    let largest = 1 << 20
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .failure("\(file.inOneLine): \(Errno.current)") }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= largest else {
        throw .usage("--answers", found: "a file of more than 1 MiB", allowed: "at most 1 MiB")
      }
    }
  }
}
