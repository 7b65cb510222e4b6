/// What a monitor reaches the kernel by: the clock, the event queue and the socket calls. A test or a simulation gives others.
package struct MonitorSystem {
  /// Where the time comes from.
  package let clock: any MonotonicClock
  /// What is waited on.
  package let queue: any EventQueue
  /// How sockets are asked.
  package let sockets: any SocketAccess
  let options: OptionRegistry

  /// A system of its own, with a registry of held options of its own.
  package init(clock: any MonotonicClock, queue: any EventQueue, sockets: any SocketAccess) {
    self.init(clock: clock, queue: queue, sockets: sockets, options: OptionRegistry())
  }

  private init(
    clock: any MonotonicClock, queue: any EventQueue, sockets: any SocketAccess, options: OptionRegistry
  ) {
    self.clock = clock
    self.queue = queue
    self.sockets = sockets
    self.options = options
  }

  /// The kernel.
  static func kernel() throws(Errno) -> MonitorSystem {
    MonitorSystem(
      clock: SystemClock(), queue: try Poller(), sockets: LiveSocketAccess(), options: .process)
  }
}
