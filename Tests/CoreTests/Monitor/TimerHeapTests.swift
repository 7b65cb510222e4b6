import FlatlineTestKit
import Testing

@testable import FlatlineCore

struct TimerHeapTests {
  /// Random operations on the heap and on a plain dictionary.
  @Test(arguments: 0..<20)
  func behavesLikeASortedList(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 8000)
    var heap = TimerHeap()
    var model: [UInt32: UInt64] = [:]
    for _ in 0..<2000 {
      let slot = UInt32.random(in: 0..<200, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let deadline = UInt64.random(in: 0..<500, using: &random)
        heap.set(slot, MonotonicTime(nanoseconds: deadline))
        model[slot] = deadline
      case 6, 7:
        heap.set(slot, .never)
        model[slot] = nil
      default:
        let horizon = UInt64.random(in: 0..<500, using: &random)
        let due = heap.due(by: MonotonicTime(nanoseconds: horizon))
        let earliest = model.values.min()
        #expect((due == nil) == (earliest ?? .max > horizon))
        if let due {
          #expect(model[due] == earliest)
          heap.set(due, .never)
          model[due] = nil
        }
      }
      #expect(heap.earliest.nanoseconds == model.values.min() ?? .max)
    }
    var drained: [UInt64] = []
    while let slot = heap.due(by: .never) {
      drained.append(model[slot] ?? .max)
      heap.set(slot, .never)
    }
    #expect(drained == model.values.sorted())
  }
}
