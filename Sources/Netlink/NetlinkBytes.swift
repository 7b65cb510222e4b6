import FlatlineCore

/// Bytes from the kernel. Every read is checked: missing bytes read as `nil`.
///
/// Valid for the call it is passed to.
public struct NetlinkBytes {
  private let bytes: UnsafeRawBufferPointer

  /// The bytes of a buffer that outlives this value.
  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// Their number.
  public var count: Int { bytes.count }

  /// Eight bits at an offset.
  public func byte(_ offset: Int) -> UInt8? { number(offset, UInt8.self) }
  /// Sixteen bits at an offset, in the machine's byte order.
  public func half(_ offset: Int) -> UInt16? { number(offset, UInt16.self) }
  /// Thirty-two bits at an offset, in the machine's byte order.
  public func word(_ offset: Int) -> UInt32? { number(offset, UInt32.self) }
  /// Sixty-four bits at an offset, in the machine's byte order.
  public func long(_ offset: Int) -> UInt64? { number(offset, UInt64.self) }

  private func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: Number.Type) -> Number? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { return nil }
    return bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
  }

  /// A part that lies wholly inside; `nil` if it does not.
  public func part(_ range: Range<Int>) -> NetlinkBytes? {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
    return NetlinkBytes(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// All but the first bytes; `nil` if there are fewer.
  public func dropFirst(_ count: Int) -> NetlinkBytes? {
    count <= bytes.count ? part(count..<bytes.count) : nil
  }

  /// A copy, to keep.
  public var copy: [UInt8] { Array(bytes) }

  /// Gives access to the memory during `body`.
  public func withPointer<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { body(bytes) }
}
