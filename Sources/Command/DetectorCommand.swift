internal import ArgumentParser
internal import Assay
internal import Glibc
internal import Site

/// Tests the operator's detector.
struct DetectorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detector",
    abstract: "Load and test the detector of generated pictures; exits 1 when it cannot be used.",
    discussion: """
      Prints a line for each picture, separated by tabs: the model's output (for fitting a \
      calibration), the calibrated probability that the picture was generated, and its path.
      """)

  @Argument(help: "Pictures to test.")
  var pictures: [String] = []

  func run() throws {
    let config = try Config()
    guard let settings = config.detector else {
      print("ASSAY_AI_MODEL is not set.")
      throw ExitCode.failure
    }
    let detector: Detector
    do {
      detector = try Detector(settings)
    } catch {
      print("\(error)")
      throw ExitCode.failure
    }
    print("\(detector.name), ONNX Runtime \(detector.version)")
    let site = try Site(config)
    defer { site.stop() }
    for path in pictures {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      do {
        let reading = try detector.read(descriptor, in: site.decoders)
        print("\(reading.output)\t\(reading.probability)\t\(path)")
      } catch {
        print("\(error)\t\t\(path)")
      }
    }
  }
}
