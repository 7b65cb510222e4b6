import Flatline
import FlatlineTool

FlatlineTool.main(
  registry: .builtIn.registering(StuckDetector.self).registering(TaciturnDetector.self)
    .registering(TrappingDetector.self),
  protocols: .builtIn.registering(KnockHeartbeat.name) { _ in KnockHeartbeat() })
