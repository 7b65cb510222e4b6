import Flatline
import FlatlineLab
import Glibc

/// SIGINT and SIGTERM as a descriptor, so that one poll(2) waits for them and all other events.
///
/// The signals are blocked in every thread; one thread of ours takes them. Create it once, before any other thread
/// starts: threads inherit the signal mask.
final class Interruption: Sendable {
  /// Readable from the first signal on, permanently: it is never read.
  let descriptor: CInt

  init() throws(CommandError) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("pipe", .current) }
    for end in ends {
      // On a pipe of ours these cannot fail.
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    let writing = ends[1]
    let signals = Interruption.signals
    var blocked = signals
    pthread_sigmask(SIG_BLOCK, &blocked, nil)
    let wait: @Sendable () -> Void = {
      var signals = signals
      var number: CInt = 0
      while sigwait(&signals, &number) == 0 {
        // A full pipe is readable already.
        _ = write(writing, "!", 1)
      }
    }
    do throws(Flatline.Errno) {
      _ = try NamedThread("signals", wait)
    } catch {
      throw .system("a thread", error)
    }
  }

  var hasCome: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }
}
