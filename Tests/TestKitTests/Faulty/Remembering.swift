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

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    let opinion = opinion(signal, socket)
    let deaths = notebook.deaths.withLock { deaths in
      if opinion?.leaning == .dead { deaths += 1 }
      return deaths
    }
    return deaths > 0 ? Evidence(.dead, layer: .path, cause: .pathSilent, at: signal.now) : opinion
  }
}

/// Knows connections by their descriptors.
struct KnowsNumbers: DetectorOfOneFault {
  private let notebook = Notebook()

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    let opinion = opinion(signal, socket)
    let number = socket.descriptor
    let isDead = notebook.deadNumbers.withLock { numbers in
      if opinion?.leaning == .dead { numbers.insert(number) }
      return numbers.contains(number)
    }
    return isDead ? Evidence(.dead, layer: .path, cause: .pathSilent, at: signal.now) : opinion
  }
}

/// Counts its looks for itself.
struct CountsOutsideItsState: DetectorOfOneFault {
  private let notebook = Notebook()

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    let looks = notebook.looks.withLock { looks in
      looks += 1
      return looks
    }
    return looks % 2 == 0 ? opinion(signal, socket) : nil
  }
}
