import Flatline

/// `flatline demo`: every fault that one machine can show, each with its verdict.
struct DemoCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "demo",
      summary: "See it work: servers of its own, closed, reset, killed and frozen.",
      notes: [
        "Needs nothing and ends by itself in a few seconds.",
        "Exit status 0: every verdict was the expected one.",
      ])
  }

  private let surroundings: ToolSurroundings

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    self.surroundings = surroundings
  }

  func run() throws(CommandError) -> ExitStatus {
    let interruption = try Interruption()
    let output = StandardOutput(interruption)
    let scenes = DemoScene.all
    var surprises = 0
    for (index, scene) in scenes.enumerated() {
      try output.write("\(index + 1) of \(scenes.count): \(scene.title)")
      if try !scene.play(surroundings, output, interruption) { surprises += 1 }
      try output.write("")
    }
    guard surprises == 0 else {
      throw .failure("\(surprises) of \(scenes.count) verdicts were not the expected ones")
    }
    try output.write("Every verdict was the expected one.")
    return .success
  }
}
