import Flatline

@main
struct QuickStart {
  static func main() async throws {
    let socket = try connect(toPort: CommandLine.arguments.last ?? "")
    print(try await Monitor().disconnection(of: socket))
  }
}
