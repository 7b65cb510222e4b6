import Foundation
import Glibc

/// This program again, as another process. It ends by itself when its standard input does.
final class Child {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// Its next line of output.
  func line(within seconds: Int) throws -> String {
    let descriptor = output.fileHandleForReading.fileDescriptor
    let deadline = Date().addingTimeInterval(Double(seconds))
    var bytes: [UInt8] = []
    while bytes.last != UInt8(ascii: "\n") {
      let left = deadline.timeIntervalSinceNow
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&wait, 1, CInt(left * 1000)) > 0 else {
        throw Failure.other("a process of the benchmark said nothing for \(seconds) s")
      }
      var byte: UInt8 = 0
      guard read(descriptor, &byte, 1) == 1 else {
        throw Failure.other("a process of the benchmark ended early; its reason is above")
      }
      bytes.append(byte)
    }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }

  func end() {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }
}
