internal import Glibc

/// Prints the accuracy of duplicate detection; `.dev/accuracy` and `.dev/bench` run it.
@main
struct Accuracy {
  private static let usage = """
    usage: Accuracy report FOLDER…    recall, false pairs and calibration: the pictures of
                                      transforms.py, then those of scenes.py
           Accuracy fit FOLDER…       coefficients for DuplicateScore
           Accuracy worst FOLDER…     strangers that were taken for copies, and copies that were not
           Accuracy speed FOLDER      CPU ms of each step on a folder of JPEG files
           Accuracy pairs COUNT       CPU s of comparing all pairs
           Accuracy life FILE         CPU ms of a picture from its upload to its previews
           Accuracy votes FILE [FILE] consensus on lines of item,person,class, beside item,class

    """

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let word = arguments.first, let operand = arguments.dropFirst().first else { refuse() }
    let folders = Array(arguments.dropFirst())
    switch word {
    case "report": report(folders)
    case "fit": print("coefficients", Calibration(folders.map { Album($0) }).coefficients)
    case "worst": for folder in folders { worst(Album(folder)) }
    case "speed": Speed.show(operand)
    case "life": Life.show(operand)
    case "votes": Votes.show(operand, truths: folders.dropFirst().first)
    case "pairs": AllPairs.show(Int(operand) ?? 0)
    default: refuse()
    }
  }

  private static func report(_ folders: [String]) {
    let albums = folders.map { Album($0) }
    guard let photographs = albums.first else { return }
    Report(photographs).show()
    Banded(photographs.specimens, photographs.pairs).show()
    for scenes in albums.dropFirst() { SceneReport(scenes).show() }
    Calibration(albums).show()
  }

  /// Prints the fifty worst cases of each kind.
  private static func worst(_ album: Album) {
    let (specimens, pairs) = (album.specimens, album.pairs)
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
