import Flatline
import FlatlineTestKit
import Testing

/// EPOLLERR without a hang-up is a router's word only where the option is on and nothing else explains it.
struct SoftErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let options: [SocketOption: CInt]
    var memory = SocketMemory()
    var unread = 0
    /// EPOLLERR still stands at the look.
    var stands = true
    let isSoftError: Bool
  }

  static let cases = [
    Case(testDescription: "no option", options: [:], isSoftError: false),
    Case(testDescription: "IP_RECVERR", options: [.receivesErrors: 1], isSoftError: true),
    Case(testDescription: "IPV6_RECVERR", options: [.receivesErrors6: 1], isSoftError: true),
    Case(
      testDescription: "unread bytes", options: [.receivesErrors: 1], memory: SocketMemory(receive: 900),
      unread: 5, isSoftError: true),
    Case(testDescription: "SO_ZEROCOPY alone", options: [.zeroCopy: 1], isSoftError: false),
    Case(
      testDescription: "a completion waits", options: [.receivesErrors: 1, .zeroCopy: 1],
      memory: SocketMemory(option: 512), isSoftError: false),
    Case(
      testDescription: "a completion waits, the option is off again", options: [.receivesErrors: 1],
      memory: SocketMemory(option: 512), isSoftError: false),
    Case(
      testDescription: "a timestamp waits", options: [.receivesErrors: 1, .timestamping: 18],
      memory: SocketMemory(receive: 900), isSoftError: false),
    Case(
      testDescription: "a timestamp waits, with unread bytes",
      options: [.receivesErrors: 1, .timestamping: 18], memory: SocketMemory(receive: 900), unread: 5,
      isSoftError: false),
    Case(
      testDescription: "a timestamp waits, the option is off again", options: [.receivesErrors: 1],
      memory: SocketMemory(receive: 900), isSoftError: false),
    Case(
      testDescription: "the app took the completion", options: [.receivesErrors: 1, .zeroCopy: 1],
      stands: false, isSoftError: false),
    Case(
      testDescription: "nothing waits and the error stands", options: [.receivesErrors: 1, .zeroCopy: 1],
      isSoftError: true),
    Case(
      testDescription: "the app took the error", options: [.receivesErrors: 1], stands: false,
      isSoftError: true),
  ]

  @Test(arguments: cases) func isReadFromOptionsAndMemory(each: Case) {
    let socket = ScriptedSocket(options: each.options)
    socket.memory = each.memory
    socket.unread = each.unread
    let errors = SoftErrors(on: ScriptedSocket.descriptor, by: socket)
    #expect(errors.isPending { each.stands } == each.isSoftError)
  }

  /// A kernel before Linux 4.12: the options must do.
  @Test func withoutSOMEMINFOTheOptionsExplain() {
    for (option, isSoftError) in [(SocketOption.zeroCopy, false), (.timestamping, false), (.keepalive, true)]
    {
      let socket = ScriptedSocket(options: [.receivesErrors: 1, option: 1])
      socket.failure = { $0 == .memory ? .protocolNotAvailable : nil }
      #expect(SoftErrors(on: 7, by: socket).isPending { true } == isSoftError)
    }
  }

  @Test func theMonitorReadsThemForItsDetectors() throws {
    for (option, leaning) in [(CInt(0), Leaning?.none), (1, .suspicious)] {
      let stage = try VirtualStage(.builtIn)
      stage.sockets.open[1]?.options[.receivesErrors] = option
      var ballots: [Leaning] = []
      let log = Unchecked(Box())
      let id = try stage.monitor.watch(1, policy: .epollOnly) { event in
        if case .evidence(_, let ballot) = event { log.value.leanings.append(ballot.evidence.leaning) }
      }
      stage.report([.error, .writable])
      ballots = log.value.leanings
      #expect(ballots.first == leaning)
      stage.monitor.unwatch(id)
    }
  }

  private final class Box {
    var leanings: [Leaning] = []
  }

  /// Without EPOLLERR nothing more is read; the readings come with the event, which is rare.
  @Test func anEventWithoutAnErrorReadsNothingMore() throws {
    let stage = try VirtualStage(.builtIn)
    _ = try stage.monitor.watch(1, policy: .epollOnly)
    let socket = try #require(stage.sockets.open[1])
    socket.forgetCalls()
    stage.report(.writable)
    #expect(socket.calls.isEmpty)
  }
}
