import FlatlineTestKit
import Testing

@testable import FlatlineHeartbeat

extension SeededGenerator {
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What a conversation made of everything it was fed.
struct Outcome: Equatable {
  var pongs = 0
  var reply: [UInt8] = []
  var isReady = false
  var error: String?
}

func feed(_ start: any HeartbeatProtocol, _ pieces: [ArraySlice<UInt8>]) -> Outcome {
  var conversation = start
  var outcome = Outcome()
  for piece in pieces {
    do {
      let reception = try conversation.consume(piece)
      outcome.pongs += reception.pongs
      outcome.reply += reception.reply
      outcome.isReady = reception.isReady
    } catch {
      outcome.error = error.reason
    }
  }
  return outcome
}

/// Feeds the bytes whole, byte by byte and split in two at every position.
func expect(
  _ answers: [UInt8], to conversation: any HeartbeatProtocol, give expected: Outcome,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(feed(conversation, [answers[...]]) == expected, "whole", sourceLocation: sourceLocation)
  let single = answers.indices.map { answers[$0...$0] }
  #expect(feed(conversation, single) == expected, "byte by byte", sourceLocation: sourceLocation)
  for split in answers.indices {
    let halves = feed(conversation, [answers[..<split], answers[split...]])
    #expect(halves == expected, "split at \(split)", sourceLocation: sourceLocation)
  }
}

/// The first error the bytes lead to, which must be the same one ever after.
func refusal(of start: any HeartbeatProtocol, after bytes: [UInt8]) -> String? {
  var conversation = start
  do {
    _ = try conversation.consume(bytes[...])
    return nil
  } catch {
    #expect(conversation.ping() == nil)
    #expect(throws: error) { try conversation.consume([0x2B]) }
    #expect(!"\(error)".unicodeScalars.contains { $0.value < 0x20 })
    #expect(error.reason.utf8.count < 500)
    return error.reason
  }
}

/// Feeds noise, and mutations of what a real peer says, in pieces of any size.
func expectUnharmed(
  _ start: any HeartbeatProtocol, by sample: [UInt8], holding limit: Int, seed: UInt64,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  var generator = SeededGenerator(seed: seed)
  var worst = 0
  func send(_ noise: [UInt8]) {
    var conversation = start
    var rest = noise[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...1500, using: &generator))
      rest = rest.dropFirst(piece.count)
      guard let reception = try? conversation.consume(piece) else { break }
      worst = max(worst, (conversation as? any BoundedConversation)?.heldBytes ?? .max)
      #expect(reception.reply.count <= piece.count + 512, sourceLocation: sourceLocation)
      _ = conversation.ping()
    }
  }
  send(generator.bytes(200_000))
  for _ in 0..<400 { send(generator.bytes(400)) }
  for _ in 0..<600 {
    var mutated = sample + sample
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard let place = mutated.indices.randomElement(using: &generator) else { continue }
      switch Int.random(in: 0...2, using: &generator) {
      case 0: mutated[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: mutated.remove(at: place)
      default: mutated.insert(contentsOf: generator.bytes(3), at: place)
      }
    }
    send(mutated + generator.bytes(300))
  }
  #expect(worst <= limit, "held \(worst) bytes", sourceLocation: sourceLocation)
}
