/// A column of plain values by row, in chunks: it grows without copying, so that no memory is left behind, and a
/// chunk that no row ever used is never made. A row that was never set reads as zero bits.
///
/// Manual memory holds because the values are `BitwiseCopyable`: nothing is ever retained in them.
final class Column<Element: BitwiseCopyable> {
  private static var chunkSize: Int { 256 }
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var chunks: UnsafeMutableBufferPointer<UnsafeMutablePointer<Element>?> =
    .init(start: nil, count: 0)

  deinit {
    for chunk in chunks { chunk?.deallocate() }
    chunks.deallocate()
  }

  subscript(row: Int) -> Element {
    @inline(__always) get { chunk(of: row)[row & 255] }
    @inline(__always) _modify { yield &chunk(of: row)[row & 255] }
  }

  // Read many times between an event and its verdict; what is rare stays out of the way.
  @inline(__always) private func chunk(of row: Int) -> UnsafeMutablePointer<Element> {
    let index = row >> 8
    if index < chunks.count, let chunk = chunks[index] { return chunk }
    return makeChunk(index)
  }

  @inline(never) private func makeChunk(_ index: Int) -> UnsafeMutablePointer<Element> {
    if index >= chunks.count { makeRoom(for: index) }
    let chunk = UnsafeMutablePointer<Element>.allocate(capacity: Column.chunkSize)
    let bytes = UnsafeMutableRawBufferPointer(
      start: chunk, count: Column.chunkSize * MemoryLayout<Element>.stride)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    chunks[index] = chunk
    return chunk
  }

  private func makeRoom(for index: Int) {
    let room = UnsafeMutableBufferPointer<UnsafeMutablePointer<Element>?>.allocate(
      capacity: max(4, index + 1, 2 * chunks.count))
    room.initialize(repeating: nil)
    for (index, chunk) in chunks.enumerated() { room[index] = chunk }
    chunks.deallocate()
    chunks = room
  }
}
