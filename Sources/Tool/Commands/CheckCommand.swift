import Flatline
import Glibc

/// `flatline check`: whether a text is a policy, and whether every part of it has an effect.
struct CheckCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "check",
      summary: "Check a policy: is it valid, and does every term of its rules matter?",
      operands: [.init(name: "NAME|FILE", completion: .policies(orFiles: true))],
      options: [OptionDescription("--strict", "Warnings are errors: exit status 2.")],
      notes: [
        "- is standard input. Each warning is one line on standard error.",
        "Warned of: a term of a rule that can change no verdict, nor the time of one.",
        "Refused: a rule that can never come true.",
        "Exit status 0: a valid policy; 2: what is wrong, in one line.",
      ])
  }

  private let place: String
  private let isStrict: Bool
  private let surroundings: ToolSurroundings

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    place = arguments.operands[0]
    isStrict = arguments.has("--strict")
    self.surroundings = surroundings
  }

  func run() throws(CommandError) -> ExitStatus {
    let policy: Policy
    let review: PolicyReview
    do throws(PolicyError) {
      policy = try place == "-" ? standardInput() : surroundings.library.policy(place)
      review = try PolicyReview(policy, registry: surroundings.registry)
      if let error = review.unreachable.first { throw error.from(source) }
    } catch {
      throw .policy(error)
    }
    let isRefused = isStrict && !review.idleTerms.isEmpty
    if !isRefused {
      try StandardOutput().write("\(source.inOneLine): the policy \(policy.name.inOneLine) is valid")
    }
    for line in ReviewText.lines(review) {
      surroundings.complain("check", "\(source): \(line.gravity): \(line.text)")
    }
    return isRefused ? .usage : .success
  }

  private var source: String { place == "-" ? "standard input" : place }

  private func standardInput() throws(PolicyError) -> Policy {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // One byte above the limit is enough to get the error.
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
      return try Policy(json: bytes, registry: surroundings.registry)
    } catch {
      throw error.from("standard input")
    }
  }
}
