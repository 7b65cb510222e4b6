/// What a command is called and takes; its arguments are parsed by it and its help is made of it.
struct CommandDescription {
  struct Operand {
    let name: String
    var isRequired = true
    /// What a shell may offer for it.
    var completion = Completion.nothing
  }

  let name: String
  /// One line.
  let summary: String
  var operands: [Operand] = []
  var options: [OptionDescription] = []
  /// What else a user has to know: whole lines.
  var notes: [String] = []

  /// `flatline serve [ADDR:PORT] [--reset]`
  var usage: String {
    let operands = operands.map { $0.isRequired ? $0.name : "[\($0.name)]" }
    // Help lists the options; a line of many is hard to read.
    let options = options.count > 3 ? ["[OPTION ...]"] : options.map { "[\($0.usage)]" }
    return (["flatline", name] + operands + options).joined(separator: " ")
  }
}
