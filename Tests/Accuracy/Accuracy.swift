internal import Glibc

/// Prints the accuracy of duplicate detection; `.dev/accuracy` and `.dev/bench` run it.
@main
struct Accuracy {
  private static let usage = """
    usage: Accuracy report FOLDER     recall, false pairs and calibration of transforms.py's pictures
           Accuracy fit FOLDER        coefficients for DuplicateScore
           Accuracy worst FOLDER      strangers that were taken for copies, and copies that were not
           Accuracy speed FOLDER      CPU ms of each step on a folder of JPEG files
           Accuracy pairs COUNT       CPU s of comparing all pairs
           Accuracy life FILE         CPU ms of a picture from its upload to its previews

    """

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let word = arguments.first, let operand = arguments.dropFirst().first else { refuse() }
    switch word {
    case "report": report(operand)
    case "fit": fit(operand)
    case "worst": worst(operand)
    case "speed": Speed.show(operand)
    case "life": Life.show(operand)
    case "pairs": AllPairs.show(Int(operand) ?? 0)
    default: refuse()
    }
  }

  private static func report(_ folder: String) {
    let specimens = Specimen.all(in: folder)
    let pairs = Pair.suspected(specimens)
    Report(specimens, pairs).show()
    Banded(specimens, pairs).show()
  }

  private static func fit(_ folder: String) {
    let specimens = Specimen.all(in: folder)
    print("coefficients", Calibration(specimens, Pair.suspected(specimens)).coefficients)
  }

  /// Prints the fifty worst cases of each kind.
  private static func worst(_ folder: String) {
    let specimens = Specimen.all(in: folder)
    let pairs = Pair.suspected(specimens)
    let strangers = pairs.filter { $0.isCopy(specimens) == false }.sorted { $0.score > $1.score }
    let copies = pairs.filter { $0.isCopy(specimens) == true }.sorted { $0.score < $1.score }
    for (title, pairs) in [("strangers", strangers), ("copies", copies)] {
      print(title)
      for pair in pairs.prefix(50) { print(pair.described(specimens)) }
    }
  }

  private static func refuse() -> Never {
    print(usage, terminator: "")
    exit(2)
  }
}

/// Seconds of processor time that this process has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
