/// Memory for the rows of a column, in chunks of 256 rows. It grows without copying, so that no memory is left
/// behind. A chunk is made at its first use. A row that was never set is zero bits.
///
/// A value, not an object: access to a column costs no retain and no extra cache line. Manual memory is safe
/// because columns keep `BitwiseCopyable` values: nothing is ever retained in them.
struct Chunks: ~Copyable {
  private let stride: Int
  private let alignment: Int
  private var table: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?> = .init(start: nil, count: 0)

  init<Element: BitwiseCopyable>(of type: Element.Type) {
    stride = MemoryLayout<Element>.stride
    alignment = MemoryLayout<Element>.alignment
  }

  deinit {
    for chunk in table { chunk?.deallocate() }
    table.deallocate()
  }

  /// Address of a row; `nil` if its chunk was never made. `stride` is the column's own.
  @inline(__always) func find(_ row: Int, stride: Int) -> UnsafeMutableRawPointer? {
    let index = row >> 8
    guard index < table.count, let chunk = table[index] else { return nil }
    return chunk + (row & 255) * stride
  }

  /// Address of a row. Makes its chunk if there is none.
  @inline(__always) mutating func address(_ row: Int, stride: Int) -> UnsafeMutableRawPointer {
    find(row, stride: stride) ?? make(row)
  }

  @inline(__always) func find(_ row: Int) -> UnsafeMutableRawPointer? { find(row, stride: stride) }
  @inline(__always) mutating func address(_ row: Int) -> UnsafeMutableRawPointer {
    address(row, stride: stride)
  }

  @inline(never) private mutating func make(_ row: Int) -> UnsafeMutableRawPointer {
    let index = row >> 8
    if index >= table.count { makeRoom(for: index) }
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: 256 * stride, alignment: alignment)
    chunk.initializeMemory(as: UInt8.self, repeating: 0, count: 256 * stride)
    table[index] = chunk
    return chunk + (row & 255) * stride
  }

  private mutating func makeRoom(for index: Int) {
    let room = UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>.allocate(
      capacity: max(4, index + 1, 2 * table.count))
    room.initialize(repeating: nil)
    for (index, chunk) in table.enumerated() { room[index] = chunk }
    table.deallocate()
    table = room
  }
}
