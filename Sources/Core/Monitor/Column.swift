/// A column of plain values by row. A row that was never set reads as zero bits.
struct Column<Element: BitwiseCopyable>: ~Copyable {
  private var chunks = Chunks(of: Element.self)
  private let zero: Element

  init() {
    zero = withUnsafeTemporaryAllocation(
      byteCount: MemoryLayout<Element>.size, alignment: MemoryLayout<Element>.alignment
    ) { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      return bytes.load(as: Element.self)
    }
  }

  subscript(row: Int) -> Element {
    @inline(__always) get {
      // Every row of a chunk is initialized: to zero bits, or to the value that was set.
      chunks.find(row, stride: MemoryLayout<Element>.stride)?.assumingMemoryBound(to: Element.self).pointee
        ?? zero
    }
    @inline(__always) _modify {
      yield &chunks.address(row, stride: MemoryLayout<Element>.stride)
        .assumingMemoryBound(to: Element.self).pointee
    }
  }
}
