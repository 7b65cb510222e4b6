import Glibc

/// A short-lived program run to its end, such as `ip` or `nft`.
enum Command {
  private static let patience: Duration = .seconds(10)

  /// Runs `words` with `input`, and returns what it said on both of its streams.
  @discardableResult
  static func run(
    _ words: [String], input: String = "", in namespace: NetworkNamespace? = nil
  ) throws(TestSupportError) -> String {
    let command = words.joined(separator: " ")
    let toIt = try SystemCalls.pipe()
    defer { close(toIt.reading) }
    let fromIt: (reading: CInt, writing: CInt)
    do throws(TestSupportError) {
      fromIt = try SystemCalls.pipe()
    } catch {
      close(toIt.writing)
      throw error
    }
    defer { close(fromIt.reading) }

    let pid: pid_t
    do {
      defer { close(fromIt.writing) }
      // Before it starts, so that no write can meet a closed pipe; our inputs are far below a pipe's 64 KiB.
      defer { close(toIt.writing) }
      write(toIt.writing, input, input.utf8.count)
      pid = try Spawning.spawn(
        words[0], Array(words.dropFirst()), environment: nil,
        streams: [toIt.reading, fromIt.writing, fromIt.writing], networkNamespace: namespace?.descriptor)
    }

    let said = readToEnd(fromIt.reading)
    if said == nil { kill(pid, SIGKILL) }
    var status: CInt = 0
    _ = try SystemCalls.check("waitpid") { waitpid(pid, &status, 0) }
    guard let said else { throw .command(command, input: input, said: "no end after \(patience)") }
    if status != 0 { throw .command(command, input: input, said: said) }
    return said
  }

  /// `nil` when the program does not come to an end.
  private static func readToEnd(_ descriptor: CInt) -> String? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let deadline = SuspendingClock.now + patience
    while SuspendingClock.now < deadline {
      guard let ready = try? SystemCalls.poll([descriptor], timeout: deadline - SuspendingClock.now) else {
        return nil
      }
      if ready == [false] { continue }
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 {
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
      }
      if count > 0 { bytes += buffer[..<count] }
    }
    return nil
  }
}
