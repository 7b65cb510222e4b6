import Flatline
import FlatlineCHeader

/// The checked content of a `flatline_options`.
struct WatchOptions {
  private(set) var halfClose: Policy.HalfClose?
  private(set) var ping: flatline_ping?
  private(set) var onMistake: flatline_mistake_callback?

  /// No options.
  init(ping: flatline_ping? = nil) {
    self.ping = ping
  }

  /// - Parameter options: a structure of the size in its first member, or NULL for none.
  init(_ options: UnsafePointer<flatline_options>?) throws(Failure) {
    guard let options else { return }
    let bytes = UnsafeRawPointer(options)
    let size = Int(bytes.load(as: UInt32.self))
    let known = MemoryLayout<flatline_options>.size
    guard size >= 8, size <= 4096 else {
      throw .argument(
        "options: found the size \(size); allowed: sizeof(flatline_options), which is \(known) here")
    }
    // Fields that a later header may have added.
    guard
      size <= known
        || UnsafeRawBufferPointer(start: bytes + known, count: size - known).allSatisfy({ $0 == 0 })
    else {
      throw .argument(
        "options: found a member that this version does not know; allowed: 0 beyond \(known) bytes")
    }
    var copy = flatline_options()
    withUnsafeMutableBytes(of: &copy) { $0.copyMemory(from: .init(start: bytes, count: min(size, known))) }
    switch Int(copy.fin) {
    case FLATLINE_FIN_AS_POLICY_SAYS: halfClose = nil
    case FLATLINE_FIN_IS_DEAD: halfClose = .dead
    case FLATLINE_FIN_IS_HALF_CLOSED: halfClose = .halfClosed
    default: throw .argument("options.fin: found \(copy.fin); allowed: one of FLATLINE_FIN_..., 0 to 2")
    }
    ping = copy.ping
    onMistake = copy.on_mistake
  }
}
