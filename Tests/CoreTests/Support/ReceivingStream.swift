import FlatlineCore

/// What TCP_INFO shows of a peer that sends 100 bytes each `tick` and from `deafFrom` on hears nothing of ours: new data
/// until its first time-out, then the same data again at doubling distances (Linux 6.18, loopback). Times in milliseconds.
struct ReceivingStream {
  var tick = 100
  var deafFrom = Int.max
  /// From here on the peer hears again: at its next retransmission it goes on.
  var hearsFrom = Int.max
  /// From here on the program sends no more; its kernel answers.
  var endsAt = Int.max
  /// Times at which one acknowledgement is lost: the data before it comes a second time.
  var lostAcknowledgements: [Int] = []

  private static let timeouts = [210, 420, 840, 1700, 3400, 6800, 13_600, 27_200]

  func info(at now: Int) -> TCPInfo {
    let unheard = deafFrom == .max ? Int.max : (deafFrom + tick - 1) / tick * tick
    let duplicates = unheard == .max ? [] : Self.timeouts.map { unheard + $0 }
    let resumes = duplicates.first { $0 >= hearsFrom } ?? .max
    let sent = stride(from: 0, through: min(now, endsAt), by: tick)
      .filter { $0 < unheard || $0 < unheard + 200 || $0 > resumes }
    let again = (duplicates.filter { $0 <= resumes } + lostAcknowledgements.map { $0 + 210 }).filter {
      $0 <= now
    }
    let lastNew = sent.last ?? 0
    let lastData = max(lastNew, again.max() ?? 0)
    var info = TCPInfo(state: .established)
    info.bytesAcknowledged = 1
    info.bytesReceived = UInt64(sent.count * 100)
    info.dataSegmentsReceived = UInt32(sent.count + again.count)
    info.segmentsReceived = info.dataSegmentsReceived + 1
    info.sinceDataReceived = .milliseconds(now - lastNew)
    info.sinceDataSent = .seconds(100)
    // A probe after each second of silence, answered unless the peer is deaf then.
    let received = (sent + again).sorted()
    let answered = zip(received, received.dropFirst() + [now + 1]).flatMap { start, end in
      stride(from: start + 1000, to: end, by: 1000).filter { $0 < deafFrom || $0 >= hearsFrom }
    }
    let silence = now - max(lastData, answered.last ?? 0)
    info.segmentsReceived += UInt32(answered.count)
    info.probes = silence >= 1000 ? (silence - 1000) / 125 + 1 : 0
    info.sinceAcknowledged = .milliseconds(silence)
    return info
  }
}
