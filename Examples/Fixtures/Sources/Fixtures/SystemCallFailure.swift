import Glibc

/// A system call that should not fail did.
public struct SystemCallFailure: Error, CustomStringConvertible {
  public let call: String
  public let code: Int32

  public var description: String { "\(call): \(String(cString: strerror(code)))" }

  @discardableResult
  static func check(_ call: String, _ result: CInt) throws(SystemCallFailure) -> CInt {
    guard result >= 0 else { throw SystemCallFailure(call: call, code: errno) }
    return result
  }
}
