/// A column of plain values by row, in chunks: it grows without copying, so that no memory is left behind, and a
/// chunk that no row ever used is never made. A row that was never set reads as zero bits.
///
/// Manual memory holds because the values are `BitwiseCopyable`: nothing is ever retained in them.
final class Column<Element: BitwiseCopyable> {
  private static var chunkSize: Int { 256 }
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var chunks: [UnsafeMutablePointer<Element>?] = []

  deinit {
    for chunk in chunks { chunk?.deallocate() }
  }

  subscript(row: Int) -> Element {
    get { chunk(of: row)[row & 255] }
    _modify { yield &chunk(of: row)[row & 255] }
  }

  private func chunk(of row: Int) -> UnsafeMutablePointer<Element> {
    let index = row >> 8
    if index < chunks.count, let chunk = chunks[index] { return chunk }
    while chunks.count <= index { chunks.append(nil) }
    let chunk = UnsafeMutablePointer<Element>.allocate(capacity: Column.chunkSize)
    let bytes = UnsafeMutableRawBufferPointer(
      start: chunk, count: Column.chunkSize * MemoryLayout<Element>.stride)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    chunks[index] = chunk
    return chunk
  }
}
