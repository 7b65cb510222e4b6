/// The name and arguments of a command: the base of its parser and its help.
struct CommandDescription {
  struct Operand {
    let name: String
    var isRequired = true
    /// The completions that a shell may offer for it.
    var completion = Completion.nothing
  }

  /// The program's name.
  let program: String
  let name: String
  /// One line.
  let summary: String
  var operands: [Operand] = []
  var options: [OptionDescription] = []
  /// Further help: whole lines.
  var notes: [String] = []

  /// `flatline serve [ADDR:PORT] [--reset]`
  var usage: String {
    let operands = operands.map { $0.isRequired ? $0.name : "[\($0.name)]" }
    // Help lists the options; a long line of them is hard to read.
    let options = options.filter { !$0.isCommon }
    let choices = options.count > 3 ? ["[OPTION ...]"] : options.map { "[\($0.usage)]" }
    return ([program, name] + operands + choices).joined(separator: " ")
  }
}
