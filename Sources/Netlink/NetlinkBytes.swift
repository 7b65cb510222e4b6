import FlatlineCore

/// Bytes from the kernel. Every read is checked: missing bytes read as `nil`.
///
/// Valid for the call it is passed to.
package struct NetlinkBytes {
  private let bytes: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  package var count: Int { bytes.count }

  package func byte(_ offset: Int) -> UInt8? { number(offset, UInt8.self) }
  package func half(_ offset: Int) -> UInt16? { number(offset, UInt16.self) }
  package func word(_ offset: Int) -> UInt32? { number(offset, UInt32.self) }
  package func long(_ offset: Int) -> UInt64? { number(offset, UInt64.self) }

  private func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: Number.Type) -> Number? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { return nil }
    return bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
  }

  /// A part that lies wholly inside; `nil` if it does not.
  package func part(_ range: Range<Int>) -> NetlinkBytes? {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
    return NetlinkBytes(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  package func dropFirst(_ count: Int) -> NetlinkBytes? {
    count <= bytes.count ? part(count..<bytes.count) : nil
  }

  /// A copy, to keep.
  package var copy: [UInt8] { Array(bytes) }

  package func withPointer<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { body(bytes) }
}
