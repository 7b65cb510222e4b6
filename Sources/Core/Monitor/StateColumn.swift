/// A column of states of a type known only by its size, in chunks: rows are found without the type's metadata,
/// which unspecialised generic code would look up at every access.
///
/// Manual memory holds because detectors' states are `BitwiseCopyable`: nothing is ever retained in them.
final class StateColumn {
  private static let chunkSize = 256
  private let stride: Int
  private let alignment: Int
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var chunks: [UnsafeMutableRawPointer?] = []

  init<State: BitwiseCopyable>(of type: State.Type) {
    stride = MemoryLayout<State>.stride
    alignment = MemoryLayout<State>.alignment
  }

  deinit {
    for chunk in chunks { chunk?.deallocate() }
  }

  /// Where a row's state is. A row that was never set is zero bits.
  func address(_ row: Int) -> UnsafeMutableRawPointer {
    let index = row >> 8
    if index < chunks.count, let chunk = chunks[index] { return chunk + (row & 255) * stride }
    while chunks.count <= index { chunks.append(nil) }
    let size = StateColumn.chunkSize * stride
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
    chunk.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    chunks[index] = chunk
    return chunk + (row & 255) * stride
  }
}
