import FlatlineTestSupport
import Testing

@Suite("Policies by name")
struct PoliciesTests {
  static let names = [
    "fast-path", "kernel-only", "lan", "wan", "mobile", "patient", "epoll", "tcp-info", "keepalive",
    "heartbeat", "user-timeout", "icmp", "progress", "activity", "link", "socket-diag",
    "akka-default", "akka-remote-default", "cassandra-default", "go-default", "grpc-default",
    "mqtt-default", "netty-default", "websocket-default",
  ]

  private static let own = """
    {summary: 'For me.', detectors: {epoll: {}}, suspect: 'epoll', dead: 'epoll', halfClose: 'halfClosed'}
    """

  @Test("All are listed, each with its summary")
  func list() throws {
    let directory = try TemporaryDirectory()
    let outcome = try Flatline.run(["policies"], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(outcome.status == 0)
    #expect(outcome.output.compactMap { $0.split(separator: " ").first.map(String.init) } == Self.names)
    #expect(outcome.output.allSatisfy { $0.count > 30 })
    #expect(outcome.output.filter { $0.contains("(default)") }.count == 1)
    #expect(outcome.output.filter { $0.contains("(field)") }.count == 8)
  }

  @Test("What is printed can be checked and printed again, the same", arguments: names)
  func roundTrip(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let printed = try Flatline.run(["policies", name])
    #expect(printed.status == 0)
    let file = try directory.write(printed.output.joined(separator: "\n"), to: "copy.json")
    #expect(try Flatline.run(["policies", file]).output == printed.output)
    let checked = try Flatline.run(["check", file])
    let piped = try Flatline.shell("\"$FLATLINE\" policies \(name) | \"$FLATLINE\" check -")
    #expect(checked.status == 0)
    #expect(piped.status == 0)
    #expect(piped.output == ["standard input: the policy \(name) is valid"])
  }

  @Test("The user's own come first: XDG_CONFIG_HOME, else ~/.config")
  func userDirectory() throws {
    let xdg = try TemporaryDirectory()
    let home = try TemporaryDirectory()
    try xdg.write(Self.own, to: "flatline/policies/lan.json")
    try xdg.write(Self.own, to: "flatline/policies/mine.json")
    try home.write(Self.own, to: ".config/flatline/policies/home.json")

    let both = ["XDG_CONFIG_HOME": xdg.path, "HOME": home.path]
    let list = try Flatline.run(["policies"], environment: both).output
    #expect(list.filter { $0.contains("(yours)") }.count == 2)
    #expect(list.filter { $0.hasPrefix("lan ") }.count == 1)
    #expect(try Flatline.run(["policies", "lan"], environment: both).output.joined().contains("For me."))
    #expect(try Flatline.run(["policies", "home"], environment: both).status == 2)

    let homeOnly = ["XDG_CONFIG_HOME": "", "HOME": home.path]
    #expect(try Flatline.run(["policies", "home"], environment: homeOnly).status == 0)
    #expect(
      try !Flatline.run(["policies", "lan"], environment: homeOnly).output.joined().contains("For me."))
    // A path that is not absolute is to be ignored (XDG Base Directory Specification).
    let relative = ["XDG_CONFIG_HOME": "relative", "HOME": home.path]
    #expect(try Flatline.run(["policies", "home"], environment: relative).status == 0)
  }

  @Test("A broken file of the user's hides nothing, and is refused by name")
  func brokenUserPolicy() throws {
    let xdg = try TemporaryDirectory()
    try xdg.write("{", to: "flatline/policies/broken.json")
    let environment = ["XDG_CONFIG_HOME": xdg.path]
    let list = try Flatline.run(["policies"], environment: environment)
    #expect(list.status == 0)
    #expect(list.output.count == Self.names.count + 1)
    #expect(list.output.first?.contains("cannot be used") == true)
    let watch = try Flatline.run(["watch", "127.0.0.1:1", "--policy", "broken"], environment: environment)
    #expect(watch.status == 2)
    #expect(watch.errors.count == 1)
  }
}
