/// The random loss of a path. Probabilities are from 0 to 1.
public enum Loss: Sendable, Hashable {
  /// Every packet arrives.
  case none
  /// Each packet independently.
  case random(Double)
  /// In bursts, by the model of Gilbert (1960) and Elliott (1963): a good and a bad state, each with its own loss.
  case bursty(GilbertElliott)
  /// Every n-th packet, the first included.
  case every(Int)
  /// Every n-th of the packets that carry an ACK only.
  case everyPureACK(Int)
}

/// The model of bursty loss: before each packet the state may change; then the packet is lost with the probability of
/// the state.
public struct GilbertElliott: Sendable, Hashable {
  /// Probability of going from good to bad before a packet.
  public var goodToBad: Double
  /// Probability of going from bad to good before a packet; its inverse is the mean length of a bad spell.
  public var badToGood: Double
  /// Probability of losing a packet in the good state.
  public var lossInGood: Double
  /// Probability of losing a packet in the bad state.
  public var lossInBad: Double

  /// From its parts, each described at its property.
  public init(goodToBad: Double, badToGood: Double, lossInGood: Double = 0, lossInBad: Double = 1) {
    self.goodToBad = goodToBad
    self.badToGood = badToGood
    self.lossInGood = lossInGood
    self.lossInBad = lossInBad
  }

  /// The share of packets lost in the long run.
  public var meanLoss: Double {
    let changes = goodToBad + badToGood
    guard changes > 0 else { return lossInGood }
    return (lossInBad * goodToBad + lossInGood * badToGood) / changes
  }
}

extension Loss {
  /// Its probabilities with their names.
  var shares: [(String, Double)] {
    switch self {
    case .none, .every, .everyPureACK: []
    case .random(let share): [("loss", share)]
    case .bursty(let model):
      [
        ("goodToBad", model.goodToBad), ("badToGood", model.badToGood), ("lossInGood", model.lossInGood),
        ("lossInBad", model.lossInBad),
      ]
    }
  }

  var period: Int? {
    switch self {
    case .every(let n), .everyPureACK(let n): n
    case .none, .random, .bursty: nil
    }
  }
}
