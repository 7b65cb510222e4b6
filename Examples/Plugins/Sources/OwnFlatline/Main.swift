import Flatline
import FlatlineTool
import Retransmitting

@main
enum OwnFlatline {
  static func main() {
    FlatlineTool.main(registry: DetectorRegistry.builtIn.registering(RetransmittingDetector.self))
  }
}
