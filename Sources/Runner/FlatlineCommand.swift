@main
struct FlatlineCommand {
  static func main() {}
}
