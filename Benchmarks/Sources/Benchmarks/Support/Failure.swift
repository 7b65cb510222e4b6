import Glibc

/// Why the benchmarks could not be run, or were not passed.
enum Failure: Error, CustomStringConvertible {
  case usage(String)
  case system(String, CInt)
  case other(String)

  var description: String {
    switch self {
    case .usage(let text), .other(let text): text
    case .system(let call, let code):
      "\(call): " + (strerror(code).map { String(cString: $0) } ?? "error \(code)")
    }
  }
}
