import FlatlineCHeader

/// A structure of C that begins with its size.
enum CStructure {
  /// The most bytes of a structure that is read at all.
  private static let most = 4096

  /// Copies a structure of a plug-in. Members that it does not have stay zero.
  ///
  /// - Parameters:
  ///   - pointer: the structure.
  ///   - zero: a structure of zeros.
  ///   - least: the bytes that it must have.
  ///   - name: its name in C.
  ///   - place: its place in the description.
  static func copy<Structure>(
    _ pointer: UnsafePointer<Structure>?, into zero: Structure, least: Int, name: String, at place: String
  ) throws(PluginError) -> Structure {
    guard let pointer else { throw PluginError(at: place, found: "NULL", allowed: "a \(name)") }
    let bytes = UnsafeRawPointer(pointer)
    let size = Int(bytes.load(as: UInt32.self))
    let known = MemoryLayout<Structure>.size
    guard size >= least, size <= most else {
      throw PluginError(at: "\(place).size", found: "\(size)", allowed: "sizeof(\(name)), which is \(known)")
    }
    // Members of a later header.
    guard
      size <= known
        || UnsafeRawBufferPointer(start: bytes + known, count: size - known).allSatisfy({ $0 == 0 })
    else {
      throw PluginError(
        at: place, found: "a member that this version does not know", allowed: "0 beyond \(known) bytes")
    }
    var copy = zero
    withUnsafeMutableBytes(of: &copy) { $0.copyMemory(from: .init(start: bytes, count: min(size, known))) }
    return copy
  }
}
