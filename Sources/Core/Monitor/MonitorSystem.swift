/// A monitor's access to the kernel: the clock, the event queue and the socket calls. A test or a simulation has
/// others.
package struct MonitorSystem {
  /// The source of time.
  package let clock: any MonotonicClock
  /// The source of events.
  package let queue: any EventQueue
  /// The socket calls.
  package let sockets: any SocketAccess
  let options: OptionRegistry

  /// A system with its own registry of held options.
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
