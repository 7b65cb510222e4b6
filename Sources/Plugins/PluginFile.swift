import FlatlineCHeader
public import FlatlineCore
public import FlatlineHeartbeat
import Glibc

/// Detectors and heartbeat protocols that a shared library brings (`flatline_plugin.h`).
///
///     var registry = DetectorRegistry.builtIn
///     var protocols = HeartbeatProtocols.builtIn
///     try PluginFile("./libours.so").register(in: &registry, &protocols)
///
/// Loading a file runs its code. Load only what the user names; a policy never does. A file is never unloaded: monitors
/// keep its functions, and other code may keep its data.
public struct PluginFile: Sendable {
  /// The file.
  public let path: String
  /// Its detectors.
  public let detectors: [RegisteredDetector]
  private let heartbeats: [HeartbeatFunctions]

  /// The names of its heartbeat protocols.
  public var heartbeatNames: [String] { heartbeats.map(\.name) }

  /// Loads a file and checks what it describes.
  ///
  /// - Parameter path: the file; relative to the working directory.
  /// - Throws: ``PluginError`` for the first thing that is wrong.
  public init(_ path: String) throws(PluginError) {
    self.path = path
    do throws(PluginError) {
      let plugin = try PluginFile.load(path)
      var detectors: [RegisteredDetector] = []
      for index in 0..<Int(plugin.detector_count) {
        let detector = try RegisteredDetector(plugin.detectors?[index], at: "detectors[\(index)]")
        guard !detectors.contains(where: { $0.name == detector.name }) else {
          throw PluginError(at: "detectors.\(detector.name)", found: "the detector twice", allowed: "once")
        }
        detectors.append(detector)
      }
      var heartbeats: [HeartbeatFunctions] = []
      for index in 0..<Int(plugin.heartbeat_count) {
        let heartbeat = try HeartbeatFunctions(plugin.heartbeats?[index], at: "heartbeats[\(index)]")
        guard !heartbeats.contains(where: { $0.name == heartbeat.name }) else {
          throw PluginError(at: "heartbeats.\(heartbeat.name)", found: "the protocol twice", allowed: "once")
        }
        heartbeats.append(heartbeat)
      }
      guard !detectors.isEmpty || !heartbeats.isEmpty else {
        throw PluginError(at: "", found: "nothing in it", allowed: "a detector or a heartbeat protocol")
      }
      self.detectors = detectors
      self.heartbeats = heartbeats
    } catch {
      throw error.from(path)
    }
  }

  /// Adds its detectors and its heartbeat protocols to those that are there.
  ///
  /// - Throws: ``PluginError`` if a name is taken. Then nothing is added.
  public func register(
    in registry: inout DetectorRegistry, _ protocols: inout HeartbeatProtocols
  ) throws(PluginError) {
    for detector in detectors where registry[detector.name] != nil {
      throw PluginError(
        at: "detectors.\(detector.name)", found: "a detector of that name already",
        allowed: "a name that is not taken"
      ).from(path)
    }
    for name in heartbeatNames where protocols.names.contains(name) {
      throw PluginError(
        at: "heartbeats.\(name)", found: "a heartbeat protocol of that name already",
        allowed: "a name that is not taken"
      ).from(path)
    }
    for detector in detectors { registry.register(detector) }
    for heartbeat in heartbeats {
      protocols.register(heartbeat.name) { PluginHeartbeat(heartbeat, target: $0) }
    }
  }

  // MARK: Loading

  private typealias Entry = @convention(c) (UInt32) -> UnsafePointer<flatline_plugin>?
  private static let most: UInt32 = 256

  private static func load(_ path: String) throws(PluginError) -> flatline_plugin {
    guard access(path, F_OK) == 0 else {
      throw PluginError(at: "", found: "no such file", allowed: "a shared library")
    }
    // Without a slash, dlopen(3) searches the system's libraries.
    let file = path.contains("/") ? path : "./\(path)"
    guard let library = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      throw PluginError(at: "", found: reason(file), allowed: "a shared library")
    }
    guard let symbol = dlsym(library, "flatline_plugin_entry") else {
      throw PluginError(
        at: "", found: "no symbol flatline_plugin_entry", allowed: "a shared library that shows it")
    }
    let abi = UInt32(FLATLINE_PLUGIN_ABI)
    guard let plugin = unsafeBitCast(symbol, to: Entry.self)(abi) else {
      throw PluginError(
        at: "abi", found: "NULL from flatline_plugin_entry(\(abi))",
        allowed: "a flatline_plugin of ABI \(abi)")
    }
    // Where the ABI's number stands is the same in every ABI.
    let found = UnsafeRawPointer(plugin).load(fromByteOffset: 4, as: UInt32.self)
    guard found == abi else {
      throw PluginError(at: "abi", found: "\(found)", allowed: "FLATLINE_PLUGIN_ABI, which is \(abi)")
    }
    let raw = try CStructure.copy(
      plugin, into: flatline_plugin(), least: MemoryLayout<flatline_plugin>.size, name: "flatline_plugin",
      at: "plugin")
    for (name, count, isMissing) in [
      ("detectors", raw.detector_count, raw.detectors == nil),
      ("heartbeats", raw.heartbeat_count, raw.heartbeats == nil),
    ] {
      guard count <= most, count == 0 || !isMissing else {
        throw PluginError(
          at: "plugin.\(name)", found: isMissing ? "NULL" : "\(count)",
          allowed: isMissing ? "\(count) \(name)" : "at most \(most)")
      }
    }
    return raw
  }

  /// Why dlopen(3) failed, without the file's name before it.
  private static func reason(_ file: String) -> String {
    let reason = dlerror().map { String(cString: $0) } ?? "no reason"
    return PolicyError.plain(
      reason.hasPrefix("\(file): ") ? String(reason.dropFirst(file.count + 2)) : reason)
  }
}
