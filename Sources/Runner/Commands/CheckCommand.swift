import Flatline
import Glibc

/// `flatline check`: is this file a policy?
struct CheckCommand: Command {
  static var description: CommandDescription {
    CommandDescription(
      name: "check", summary: "Check a policy file.", operands: [.init(name: "FILE", completion: .files)],
      notes: [
        "FILE may be - for standard input.", "Exit status 0: a valid policy; 2: what is wrong, in one line.",
      ])
  }

  private let file: String

  init(_ arguments: Arguments) throws(CommandError) {
    file = arguments.operands[0]
  }

  func run() throws(CommandError) -> ExitStatus {
    let policy: Policy
    do throws(PolicyError) {
      policy = file == "-" ? try CheckCommand.standardInput() : try PolicyLibrary().read(file)
    } catch {
      throw .policy(error)
    }
    let place = file == "-" ? "standard input" : file
    try StandardOutput().write("\(place.inOneLine): the policy \(policy.name.inOneLine) is valid")
    return .success
  }

  private static func standardInput() throws(PolicyError) -> Policy {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // One byte more than is allowed is enough to be told so.
    while bytes.count <= PolicyText.largest {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw PolicyError(
          at: "standard input", found: Errno.current.description, allowed: "a policy that can be read")
      }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    do throws(PolicyError) {
      return try Policy(json: bytes, registry: .builtIn)
    } catch {
      throw error.from("standard input")
    }
  }
}
