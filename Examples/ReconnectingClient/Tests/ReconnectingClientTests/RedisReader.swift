import Foundation

/// Reads a whole stream with the server's own client program: another eye than the one under test.
struct RedisReader {
  struct Failure: Error { let text: String }
  let port: UInt16

  init(port: UInt16) throws { self.port = port }

  /// All entries: the ID, and the text of its one field.
  func range(of stream: String) throws -> [(id: String, text: String)] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["redis-cli", "-p", "\(port)", "--json", "XRANGE", stream, "-", "+"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard let entries = try JSONSerialization.jsonObject(with: data) as? [[Any]] else {
      throw Failure(text: String(decoding: data, as: UTF8.self))
    }
    return try entries.map { entry in
      guard let id = entry.first as? String, let fields = entry.last as? [String], fields.count == 2 else {
        throw Failure(text: "\(entry)")
      }
      return (id, fields[1])
    }
  }
}
