import FlatlineTestSupport
import Foundation

/// A real browser, without a window, that sees files only.
enum Browser {
  /// Tests/run installs it.
  static let program = ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }.first

  struct Visit {
    /// The document after its scripts ran.
    let document: String
    /// What the page said to the console, and what the browser could not load.
    let console: [String]
  }

  /// Opens a file and waits for its scripts.
  static func visit(_ file: String, in directory: TemporaryDirectory, _ options: [String] = []) throws
    -> Visit
  {
    let words =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-extensions", "--disable-background-networking", "--disable-component-update",
        "--user-data-dir=\(directory.path)/profile", "--allow-file-access-from-files",
        "--enable-logging=stderr",
        "--log-level=0", "--virtual-time-budget=3000",
      ] + options + ["file://\(file)"]
    let browser = try ChildProcess(program ?? "chromium", words)
    let ending = try browser.waitForExit(timeout: .seconds(60))
    guard ending == .exited(0) else {
      throw TestSupportError.timedOut(waitingFor: "a browser that ends well: \(ending)")
    }
    let lines = browser.lines
    return Visit(
      document: lines.filter { $0.stream == .output }.map(\.text).joined(separator: "\n"),
      console: lines.filter { $0.stream == .error && $0.text.contains("CONSOLE") }.map(\.text))
  }
}
