import Testing

@testable import FlatlineCore

/// The cause of a verdict, for every combination of what decided and what else stood.
struct ClassificationTests {
  /// Something a detector can say.
  struct Say: Sendable, Hashable {
    let name: DetectorName
    let leaning: Leaning
    let layer: Layer
    var cause: Cause?
    var isConclusive = false
    var yields = false

    var ballot: Ballot {
      Ballot(
        detector: name,
        evidence: Evidence(
          leaning, layer: layer, cause: cause, at: .at(0), isConclusive: isConclusive,
          yieldsToNearerLayers: yields))
    }
  }

  static let custom = Cause(rawValue: "tooWarm")

  /// What can decide, in the order of the table's rows.
  static let deciding: [Say] =
    [Cause.peerClosed, .peerReset, .peerRestarted, .localClosed, .timedOut].map {
      Say(name: "kernel", leaning: .dead, layer: .connection, cause: $0, isConclusive: true)
    } + [
      Say(name: "one", leaning: .dead, layer: .path, cause: .pathSilent),
      Say(name: "one", leaning: .dead, layer: .host, cause: .pathSilent),
      Say(name: "one", leaning: .dead, layer: .process, cause: .pathSilent),
      Say(name: "one", leaning: .dead, layer: .process),
      Say(name: "one", leaning: .dead, layer: .process, cause: .peerHung),
      Say(name: "one", leaning: .dead, layer: .process, cause: .stalled),
      Say(name: "one", leaning: .dead, layer: .path, cause: .hostUnreachable),
      Say(name: "one", leaning: .dead, layer: .link, cause: .linkDown),
      Say(name: "one", leaning: .dead, layer: .link, cause: .addressLost),
      Say(name: "one", leaning: .dead, layer: .link, cause: .routeLost),
      Say(name: "one", leaning: .dead, layer: .process, cause: custom),
      Say(name: "one", leaning: .dead, layer: .process, cause: custom, yields: true),
      Say(name: "one", leaning: .dead, layer: .connection, cause: custom, yields: true),
      Say(name: "one", leaning: .dead, layer: .host, cause: custom, yields: true),
      Say(name: "one", leaning: .dead, layer: .path, cause: custom, yields: true),
      Say(name: "one", leaning: .dead, layer: .link, cause: custom, yields: true),
    ]

  /// What can stand beside it, in the order of the table's columns.
  static let standing: [Say?] = [nil] + living + accusing

  private static let living: [Say?] = [Layer.link, .path, .host, .process].map {
    Say(name: "two", leaning: .alive, layer: $0)
  }

  private static let accusations: [(Layer, Cause)] = [
    (.path, .pathSilent), (.host, .pathSilent), (.process, .pathSilent), (.process, .peerHung),
    (.process, .stalled), (.path, .hostUnreachable), (.link, .linkDown), (.link, .addressLost),
    (.link, .routeLost), (.process, custom),
  ]

  private static let accusing: [Say?] = accusations.map {
    Say(name: "two", leaning: .suspicious, layer: $0.0, cause: $0.1)
  }

  static let letters: [Character: Cause] = [
    "C": .peerClosed, "R": .peerReset, "S": .peerRestarted, "L": .localClosed, "T": .timedOut,
    "P": .pathSilent, "H": .peerHung, "Z": .stalled, "U": .hostUnreachable, "D": .linkDown,
    "A": .addressLost, "O": .routeLost, "X": custom,
  ]

  /// A row for each that decides. Columns: nothing; alive at link, path, host, process; suspicious with
  /// pathSilent of the path, the host, the process; peerHung, stalled, hostUnreachable, linkDown, addressLost,
  /// routeLost, a cause of someone's own.
  static let table = [
    "C CCCC CCC CCCCCC C",  // peerClosed
    "R RRRR RRR RRRRRR R",  // peerReset
    "S SSSS SSS SSSSSS S",  // peerRestarted
    "L LLLL LLL LLLLLL L",  // localClosed
    "T TTTT TTT TZUDAO T",  // timedOut: what exhausted the kernel's patience
    "P PPPP PPP PPUDAO P",  // the path is silent
    "P PPPP PPP PPUDAO P",  // the peer's kernel is silent
    "P PPHH PPP HZUDAO P",  // a program is silent: whose fault it is, the others know
    "P PPHH PPP HZUDAO P",  // the same, without a word on the cause
    "H HHHH PPH HZUDAO H",  // a program is silent and its kernel answers
    "Z ZZZZ PPZ ZZUDAO Z",  // a closed window
    "U UUUU UUU UUUDAO U",  // a router's word
    "D DDDD DDD DDDDDD D",  // our link takes address and route along
    "A AAAA AAA AAADAA A",  // our address takes the route along
    "O OOOO OOO OOODAO O",  // our route
    "X XXXX XXX XXXXXX X",  // a custom detector's own cause
    "X XXXX PPX XXUDAO X",  // one that yields to nearer layers, of the program
    "X XXXX PPX XXUDAO X",  // of the socket itself
    "X XXXX PXX XXUDAO X",  // of the peer's kernel
    "X XXXX XXX XXXDAO X",  // of the path
    "X XXXX XXX XXXXXX X",  // of our own link
  ]

  private static func cause(_ decider: Say, _ others: [Say]) -> Cause? {
    Classification.cause(
      deciding: [decider.ballot], standing: ([decider] + others).map(\.ballot))
  }

  @Test(arguments: deciding.indices)
  func everyPairHasTheCauseOfTheTable(row: Int) {
    let expected = Self.table[row].filter { $0 != " " }.map { Self.letters[$0] }
    #expect(expected.count == Self.standing.count)
    for (column, other) in Self.standing.enumerated() {
      let found = Self.cause(Self.deciding[row], other.map { [$0] } ?? [])
      #expect(found == expected[column], "\(Self.deciding[row]) beside \(String(describing: other))")
    }
  }

  /// Three at once: the nearest explanation of the two, and the order never matters.
  @Test(arguments: deciding.indices)
  func aThirdVoiceOnlyChoosesBetweenTheTwo(row: Int) {
    let decider = Self.deciding[row]
    let others = Self.standing.compactMap { $0 }
    for second in others {
      for third in others {
        let found = Self.cause(decider, [second, third])
        #expect(found == Self.cause(decider, [third, second]))
        let alone = [Self.cause(decider, [second]), Self.cause(decider, [third])]
        #expect(alone.contains(found), "\(decider), \(second), \(third)")
      }
    }
  }

  /// Two who decide together: as if the second had only stood by, unless the kernel has spoken.
  /// What explains a silence, from the nearest to the farthest.
  @Test(arguments: [
    (Cause.pathSilent, Layer.path, Cause.routeChanged, Layer.link, Cause.routeChanged),
    (.peerHung, .process, .largePacketsLost, .path, .largePacketsLost),
    (.pathSilent, .path, .largePacketsLost, .path, .largePacketsLost),
    (.peerHung, .process, .localBackpressure, .process, .localBackpressure),
    (.stalled, .process, .localBackpressure, .process, .localBackpressure),
    (.pathSilent, .path, .localBackpressure, .process, .pathSilent),
    (.hostUnreachable, .path, .localBackpressure, .process, .hostUnreachable),
  ])
  func aSilenceIsExplained(
    _ decided: Cause, _ layer: Layer, by standing: Cause, _ standingLayer: Layer, as expected: Cause
  ) {
    let decider = Say(name: "one", leaning: .dead, layer: layer, cause: decided)
    let other = Say(name: "two", leaning: .suspicious, layer: standingLayer, cause: standing)
    #expect(Self.cause(decider, [other]) == expected)
  }

  @Test func whoDecidesTogetherExplainsTogether() {
    for first in Self.deciding {
      for second in Self.deciding {
        let ballots = [first.ballot, second.ballot]
        let found = Classification.cause(deciding: ballots, standing: ballots)
        #expect(
          found == Classification.cause(deciding: ballots.reversed(), standing: ballots)
            || first.name == second.name)
        if first.isConclusive, !second.isConclusive { #expect(found == Self.cause(first, [second])) }
        #expect(found != nil)
      }
    }
    #expect(Classification.cause(deciding: [], standing: [Self.deciding[5].ballot]) == nil)
  }
}
