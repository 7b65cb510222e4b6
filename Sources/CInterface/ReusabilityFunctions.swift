// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Flatline
import FlatlineCHeader

// Declared in flatline.h; the compiler checks that they agree. flatline_reusability_text is in flatline.c.

@c @implementation
public func flatline_is_reusable(_ descriptor: CInt, _ reason: UnsafeMutablePointer<Int32>!) -> Int32 {
  // The reasons have the numbers of flatline.h.
  let found = Flatline.isReusable(descriptor).reason?.rawValue ?? Int32(FLATLINE_REUSABLE)
  reason?.pointee = found
  return found == Int32(FLATLINE_REUSABLE) ? 1 : 0
}
