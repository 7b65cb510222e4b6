import Flatline
import FlatlineLab

/// Why a trial could not be made, in one line.
struct TrialFailure: Error, CustomStringConvertible {
  let description: String

  init(_ error: LabError) { description = error.description }
  init(_ error: WatchError) { description = error.description }
  init(_ call: String, _ error: Flatline.Errno) { description = "\(call): \(error)" }
}
