import Testing

@Suite("Usage")
struct UsageTests {
  /// Arguments, and what the line must say.
  static let wrong: [([String], String)] = [
    ([], "found nothing"),
    (["wach"], "did you mean \"watch\"?"),
    (["--versoin"], "did you mean \"--version\"?"),
    (["-x"], "found \"-x\""),
    ([""], "found \"\""),
    (["line\nfeed"], "line\\u{a}feed"),
    (["help", "polices"], "did you mean \"policies\"?"),
    (["help", "watch", "serve"], "one command"),
    (["watch"], "HOST:PORT: found nothing"),
    (["watch", "localhost"], "no port"),
    (["watch", "localhost:"], "no port"),
    (["watch", ":80"], "no host"),
    (["watch", "localhost:0"], "a wrong port"),
    (["watch", "localhost:65536"], "a wrong port"),
    (["watch", "localhost:99999999999999999999"], "a wrong port"),
    (["watch", "localhost:-1"], "a wrong port"),
    (["watch", "localhost:http"], "a wrong port"),
    (["watch", "[::1:80"], "a bracket that is not closed"),
    (["watch", "[::1]"], "no port"),
    (["watch", "[::1]80"], "no port"),
    (["watch", "[localhost]:80"], "brackets without an IPv6 address"),
    (["watch", "::1:80"], "did you mean \"[::1]:80\"?"),
    (["watch", "a b:80"], "a space or control character"),
    (["watch", "localhost:80", "again"], "found \"again\" too many"),
    (["watch", "localhost:80", "--polcy", "lan"], "did you mean \"--policy\"?"),
    (["watch", "localhost:80", "--policy"], "--policy: found no value"),
    (["watch", "localhost:80", "--policy="], "--policy: found no value"),
    (["watch", "localhost:80", "--policy", "--json"], "--policy: found no value"),
    (["watch", "localhost:80", "--policy", "lan", "--policy=lan"], "--policy: found the option twice"),
    (["watch", "localhost:80", "--policy", "fastpath"], "did you mean \"fast-path\"?"),
    (["watch", "localhost:80", "--policy", "./none.json"], "No such file"),
    (["watch", "localhost:80", "--json", "--json"], "--json: found the option twice"),
    (["watch", "localhost:80", "--json=1"], "--json: found a value"),
    (["watch", "localhost:80", "--for", "0s"], "--for: found \"0s\""),
    (["watch", "localhost:80", "--for", "-1s"], "--for: found \"-1s\""),
    (["watch", "localhost:80", "--for", "10"], "a number and one of ns, us, ms, s, m, h"),
    (["watch", "localhost:80", "--for=99999999999h"], "--for: found"),
    (["watch", "localhost:80", "--heartbeat", "rediss"], "did you mean \"redis\"?"),
    (["watch", "localhost:443", "--heartbeat", "https"], "heartbeats speak no TLS"),
    (["watch", "localhost:80", "--path", "/x"], "with --heartbeat websocket or http"),
    (["watch", "localhost:80", "--heartbeat=redis", "--user=me"], "with --heartbeat mqtt or postgresql"),
    (["watch", "--pid", "0"], "a process number above 0"),
    (["watch", "--pid", "me"], "--pid: found \"me\""),
    (["watch", "--pid", "1", "localhost:80"], "HOST:PORT for a new connection, or --pid"),
    (["watch", "--local", "localhost:80"], "names are not looked up here"),
    (["watch", "--local", "::1:80"], "did you mean \"[::1]:80\"?"),
    (["watch", "--remote", ":"], "IPv4:PORT, [IPv6]:PORT or :PORT"),
    (["watch", "--remote", ":65536"], "a wrong port"),
    (["watch", "--remote", ":80", "--heartbeat", "echo"], "nothing is sent on the connection of another"),
    (["watch", "--remote", ":80", "--path", "/"], "nothing is sent on the connection of another"),
    (["check"], "FILE: found nothing"),
    (["check", "a", "b"], "found \"b\" too many"),
    (["check", "--loose", "a"], "an unknown option"),
    (["policies", "fastpath"], "did you mean \"fast-path\"?"),
    (["policies", "a", "b"], "found \"b\" too many"),
    (["detectors", "epoll"], "found \"epoll\" too many"),
    (["serve", "7007"], "no port"),
    (["serve", "127.0.0.1:65536"], "a port from 0 to 65535"),
    (["demo", "fast"], "found \"fast\" too many"),
    (["lab", "silent-drop"], "found \"silent-drop\" too many"),
    (["lab", "--fault", "silentdrop"], "did you mean \"silent-drop\"?"),
    (["lab", "--fault", "reset", "--fault", "reset"], "\"reset\" twice"),
    (["lab", "--policy", "fastpath"], "did you mean \"fast-path\"?"),
    (["lab", "--policy", "go-defalt"], "did you mean \"go-default\"?"),
    (["lab", "--policy", "lan", "--policy=lan"], "\"lan\" twice"),
    (["lab", "--policy", "./none.json"], "No such file"),
    (["lab", "--traffic", "busy"], "allowed: idle, in-flight, heartbeat"),
    (["lab", "--traffic", "inflight"], "did you mean \"in-flight\"?"),
    (["lab", "--traffic", "idle", "--traffic", "idle"], "\"idle\" twice"),
    (["lab", "--rtt", "40"], "a number and one of ns, us, ms, s, m, h"),
    (["lab", "--rtt", "11s"], "up to 10s"),
    (["lab", "--jitter", "-1ms"], "--jitter: found"),
    (["lab", "--loss", "101%"], "from 0% to 100%"),
    (["lab", "--loss", "nan"], "from 0% to 100%"),
    (["lab", "--rate", "10"], "kbit, mbit, gbit"),
    (["lab", "--rate", "0mbit"], "from 1kbit"),
    (["lab", "--repeat", "0"], "from 1 to 1000"),
    (["lab", "--seed", "-1"], "2^64 - 1"),
    (["lab", "--html", "/none/lab.html"], "a file that can be written"),
    (["lab", "--html", "/tmp"], "a file that can be written"),
    (["lab", "--list", "--json"], "--list alone"),
    (["lab", "--field", "--policy", "lan"], "it without --field"),
    (["lab", "--causes", "--fault", "reset"], "--fault: found it with --causes"),
    (["lab", "--causes", "--field"], "--field: found it with --causes"),
    (["lab", "--seed", "1", "--seed", "2"], "--seed: found the option twice"),
  ]

  @Test("Wrong usage is one line and exit 2", arguments: wrong)
  func wrongUsage(_ arguments: [String], _ part: String) throws {
    let outcome = try Flatline.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains(part) == true, "\(outcome.errors)")
    #expect(outcome.errors.first?.hasPrefix("flatline") == true)
  }

  @Test(
    "Help is on standard output, with exit 0",
    arguments: [
      ["--help"], ["-h"], ["help"], ["help", "watch"], ["watch", "--help"], ["watch", "-h"],
      ["policies", "--help"],
      ["detectors", "--help"], ["check", "--help"], ["serve", "--help"], ["demo", "--help"],
      ["lab", "--help"],
      ["watch", "--wrong", "--help"],
    ])
  func help(_ arguments: [String]) throws {
    let outcome = try Flatline.run(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.errors == [])
    #expect(outcome.output.contains { $0.contains("Usage:") })
  }

  @Test("Help names every command and every option")
  func helpIsComplete() throws {
    let overview = try Flatline.run(["--help"]).output.joined(separator: "\n")
    let commands = [
      "watch", "policies", "explain", "detectors", "check", "serve", "lab", "demo", "completions", "help",
    ]
    for command in commands {
      #expect(overview.contains("flatline \(command) "))
    }
    let watch = try Flatline.run(["help", "watch"]).output.joined(separator: "\n")
    for option in ["--policy", "--heartbeat", "--for", "--json", "--path", "--user", "--database"] {
      #expect(watch.contains(option))
    }
    let lab = try Flatline.run(["help", "lab"]).output.joined(separator: "\n")
    for option in [
      "--policy", "--fault", "--traffic", "--rtt", "--jitter", "--loss", "--rate", "--repeat", "--seed",
    ]
      + ["--field", "--causes", "--json", "--html", "--list"]
    {
      #expect(lab.contains(option))
    }
  }

  @Test("The version")
  func version() throws {
    let outcome = try Flatline.run(["--version"])
    #expect(outcome.status == 0)
    #expect(outcome.output.count == 1)
    #expect(outcome.output.first?.hasPrefix("flatline ") == true)
  }

  @Test("Detectors are told with settings, ranges and defaults")
  func detectors() throws {
    let outcome = try Flatline.run(["detectors"])
    #expect(outcome.status == 0)
    for name in [
      "epoll", "tcp-info", "keepalive", "heartbeat", "user-timeout", "icmp", "progress", "activity",
      "link", "socket-diag",
    ] { #expect(outcome.output.contains(name)) }
    #expect(outcome.output.contains("  interval  (a duration from 10ms to 24h; default \"500ms\")"))
  }
}
