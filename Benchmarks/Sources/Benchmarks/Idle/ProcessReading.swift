import Foundation
import Glibc

/// Memory of this process, in bytes, from /proc/self/smaps_rollup.
struct MemoryReading {
  /// Everything resident, code that came in on first use included.
  let resident: Int
  /// What only this process has and has written: heap, stacks, tables.
  let dirty: Int

  static func now() throws -> MemoryReading {
    let text = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)
    func kilobytes(_ key: String) throws -> Int {
      let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
      guard let number = line?.split(separator: " ").dropFirst().first, let value = Int(number) else {
        throw Failure.other("/proc/self/smaps_rollup has no \(key)")
      }
      return value
    }
    return MemoryReading(resident: try kilobytes("Rss") * 1024, dirty: try kilobytes("Private_Dirty") * 1024)
  }
}

/// What this process has used of the processor.
struct ProcessorReading {
  /// User and system time, all threads.
  let seconds: Double
  /// Times that a thread went to sleep of its own will: one a wake-up.
  let sleeps: Int

  static func now() -> ProcessorReading {
    var usage = rusage()
    // Cannot fail: the argument is valid.
    getrusage(RUSAGE_SELF.rawValue, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ProcessorReading(
      seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), sleeps: Int(usage.ru_nvcsw))
  }

  /// Percent of one core, and wake-ups a second, while nothing is asked of the process.
  static func idle(seconds: Int) -> (percent: Double, wakeUps: Double) {
    let start = now()
    Thread.sleep(forTimeInterval: Double(seconds))
    let end = now()
    let used = end.seconds - start.seconds
    return (used / Double(seconds) * 100, Double(end.sleeps - start.sleeps) / Double(seconds))
  }
}
