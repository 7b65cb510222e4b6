import FlatlineCore
import Synchronization

/// What a detector remembers outside of its states, wrongly.
final class Notebook: Sendable {
  let deaths = Mutex(0)
  let deadNumbers = Mutex<Set<CInt>>([])
  let looks = Mutex(0)
}

/// Takes one death for the death of all.
struct TellsOfOthers: DetectorOfOneFault {
  private let notebook = Notebook()

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    let deaths = notebook.deaths.withLock { deaths in
      if opinion.evidence?.leaning == .dead { deaths += 1 }
      return deaths
    }
    return deaths > 0 ? Opinion(Evidence(.dead, layer: .path, cause: .pathSilent, at: look.now)) : opinion
  }
}

/// Knows connections by their descriptors.
struct KnowsNumbers: DetectorOfOneFault {
  private let notebook = Notebook()

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    let number = look.descriptor
    let isDead = notebook.deadNumbers.withLock { numbers in
      if opinion.evidence?.leaning == .dead { numbers.insert(number) }
      return numbers.contains(number)
    }
    return isDead ? Opinion(Evidence(.dead, layer: .path, cause: .pathSilent, at: look.now)) : opinion
  }
}

/// Speaks at every other look, and counts the looks of all connections together.
struct CountsOutsideItsState: DetectorOfOneFault {
  private let notebook = Notebook()

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let looks = notebook.countLook()
    return looks % 2 == 0 ? faultless(look, &state) : .unchanged
  }
}

/// Notes in its state what did not come with the look.
struct NumbersItsLooks: DetectorOfOneFault {
  private let notebook = Notebook()

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    state.looks = notebook.countLook()
    return faultless(look, &state)
  }
}

/// Reads a clock of its own.
struct ReadsTheClock: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    opinion.next = .now() + .seconds(3600)
    return opinion
  }
}

extension Notebook {
  fileprivate func countLook() -> Int {
    looks.withLock { looks in
      looks += 1
      return looks
    }
  }
}
