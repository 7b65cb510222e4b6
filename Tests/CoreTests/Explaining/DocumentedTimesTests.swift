import Flatline
import Foundation
import Testing

/// The article "Choosing a policy" has a table of what `flatline explain` computes.
struct DocumentedTimesTests {
  private static let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/Flatline/Flatline.docc/ChoosingAPolicy.md")

  private static let policies: [Policy] = [.lan, .fastPath, .kernelOnly, .wan, .mobile, .patient]

  private static let faults: [String: [FaultClass]] = [
    "close, reset, killed, destroyed": [
      .gracefulClose, .closeWithUnreadData, .halfClose, .reset, .processKilled, .destroyedLocally,
    ],
    "frozen program": [.processFrozen],
    "silence: crash, cable, drop, ICMP": [
      .hostCrash, .remoteCable, .silentDrop, .silentDropOut, .silentDropIn, .icmpHostUnreachable,
      .icmpNetUnreachable, .icmpPortUnreachable, .icmpAdminProhibited,
    ],
    "reboot (half a second)": [.hostReboot],
    "firewall, NAT forgets": [.firewallReset, .natForgets],
    "own cable, interface, address, route": [
      .localCable, .interfaceDown, .addressLost, .routeLost, .ruleLost, .nexthopLost, .ecmpUplink,
    ],
    "own route moved": [.vpnTakesRoute],
    "own cable, paced": [.localCablePaced],
    "window stays closed": [.zeroWindow],
    "receive-only stream, ours drops": [.receiveOnlyDrop],
    "half-closed, drop": [.halfClosedDrop],
    "busy stream, drop": [.busyStreamDrop],
    "large packets lost, outbound": [.largePacketsLostOut],
    "large packets lost, inbound": [.largePacketsLostIn],
  ]

  private static let traffic: [String: [Traffic]] = [
    "any": Traffic.allCases, "idle": [.idle], "in flight": [.inFlight], "heartbeat": [.heartbeat],
  ]

  /// The cells of the table's rows; an empty first cell is as the one above.
  private static func rows() throws -> [[String]] {
    let text = try String(contentsOf: article, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "\n## How fast for each fault\n").dropFirst().first)
    let lines = section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter {
      $0.hasPrefix("| ")
    }
    var rows = lines.dropFirst(2).map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    for index in rows.indices.dropFirst() where rows[index][0].isEmpty { rows[index][0] = rows[index - 1][0] }
    return rows
  }

  @Test func tableIsAsExplained() throws {
    let explanations = try Self.policies.map { try Explanation($0, registry: .builtIn) }
    let rows = try Self.rows()
    #expect(rows.count == 31)
    for row in rows {
      try #require(row.count == 2 + explanations.count)
      for fault in try #require(Self.faults[row[0]], "\(row[0])") {
        for traffic in try #require(Self.traffic[row[1]], "\(row[1])") {
          for (explanation, cell) in zip(explanations, row.dropFirst(2)) {
            try check(cell, explanation[fault, traffic], "\(explanation.policy.name) \(fault) \(traffic)")
          }
        }
      }
    }
  }

  /// - Parameters:
  ///   - cell: "suspect / dead", or one time for both, "never", or "–" where the policy has no such traffic.
  ///   - promise: what is computed.
  ///   - place: for messages.
  private func check(_ cell: String, _ promise: Explanation.Promise?, _ place: String) throws {
    guard let promise else { return }
    let parts = cell.components(separatedBy: " / ")
    for (part, computed) in [(parts[0], promise.suspect), (parts[parts.count - 1], promise.dead)] {
      guard part != "never" else {
        #expect(computed == nil, "\(place)")
        continue
      }
      let told = try #require(DurationText.duration(part.replacing(" ", with: "")), "\(place): \(part)")
      let expected = try #require(computed, "\(place)")
      // Three digits are told.
      #expect(abs(told.secondsValue - expected.secondsValue) <= expected.secondsValue * 0.006, "\(place)")
    }
  }
}
