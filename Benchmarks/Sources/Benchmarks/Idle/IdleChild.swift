import Foundation
import Glibc

/// One contender in a process of its own: bare sockets, then the same sockets watched.
enum IdleChild {
  /// Lets allocations, first looks and the kernel's work on new connections come to rest.
  private static let settling = 3.0
  /// Over which the watches begin: those of one moment are all asked after in one moment, each second, and of so many answers
  /// the loopback's queue (net.core.netdev_max_backlog) drops some. That would be no idle connection.
  private static let beginning = 1.0

  /// Prints its reading as one line of JSON.
  static func run(_ name: ContenderName, connections: Int, port: UInt16, seconds: Int) throws {
    try DescriptorLimit.raise(forConnections: connections)
    var sockets: [CInt] = []
    sockets.reserveCapacity(connections)
    for _ in 0..<connections { sockets.append(try Loopback.connect(port: port)) }
    Thread.sleep(forTimeInterval: settling)
    let bareProcessor = ProcessorReading.idle(seconds: seconds)
    // Twice: the reading itself allocates the first time.
    _ = try MemoryReading.now()
    let bare = try MemoryReading.now()

    let contender = try name.make()
    try contender.watch(sockets[0])
    Thread.sleep(forTimeInterval: 0.2)
    let one = try MemoryReading.now()

    let start = Date()
    for (number, socket) in sockets.enumerated().dropFirst() {
      let due = start.addingTimeInterval(beginning * Double(number) / Double(connections))
      if due.timeIntervalSinceNow > 0.005 { Thread.sleep(until: due) }
      try contender.watch(socket)
    }
    Thread.sleep(forTimeInterval: settling)
    let processor = ProcessorReading.idle(seconds: seconds)
    let all = try MemoryReading.now()

    let result = IdleResult(
      contender: name, connections: connections,
      bytesEach: Double(all.dirty - bare.dirty) / Double(connections),
      residentBytesEach: Double(all.resident - bare.resident) / Double(connections),
      fixedBytes: one.dirty - bare.dirty,
      processorPercent: processor.percent - bareProcessor.percent,
      wakeUpsPerSecond: max(0, processor.wakeUps - bareProcessor.wakeUps))
    print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
    withExtendedLifetime(contender) {}
    fflush(nil)
    // Not by way of deinits: what it takes to end 9,000 watches is not asked.
    _exit(0)
  }
}
