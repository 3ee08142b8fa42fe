import Labelling
import Testing

@Suite("Checks of picture quality")
struct QualityCheckTests {
  /// A picture without any flag.
  private static let good: Measurements = {
    var good = Measurements(width: 640, height: 480)
    (good.frames, good.hasPosition, good.sharpness) = (1, false, 2)
    (good.shadow, good.highlight, good.entropy, good.colour) = (0.1, 0.9, 7, 16)
    return good
  }()

  private static func flags(
    _ measured: Measurements, _ level: QualityLevel = .strict,
    _ thresholds: QualityThresholds = QualityThresholds()
  ) -> [String] {
    QualityCheck.findings(measured, level, thresholds).filter(\.isFlagged).map(\.flag)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let flag: String
    let level: QualityLevel
    let hit: @Sendable (inout Measurements) -> Void
    let miss: @Sendable (inout Measurements) -> Void
    var testDescription: String { flag }
  }

  static let cases = [
    Case(flag: "incomplete", level: .standard) {
      ($0.rows, $0.missingRows) = (480, 1)
    } miss: {
      ($0.rows, $0.missingRows) = (480, 0)
    },
    Case(flag: "low_resolution", level: .basic) {
      ($0.width, $0.height) = (300, 223)
    } miss: {
      ($0.width, $0.height) = (224, 300)
    },
    Case(flag: "blurry", level: .standard) {
      $0.sharpness = 0.99
    } miss: {
      $0.sharpness = 1
    },
    Case(flag: "dark", level: .standard) {
      $0.highlight = 0.31
    } miss: {
      $0.highlight = 0.32
    },
    Case(flag: "bright", level: .standard) {
      $0.shadow = 0.91
    } miss: {
      $0.shadow = 0.9
    },
    Case(flag: "low_information", level: .standard) {
      $0.entropy = 2.9
    } miss: {
      $0.entropy = 3
    },
    Case(flag: "odd_aspect_ratio", level: .standard) {
      ($0.width, $0.height) = (349, 1000)
    } miss: {
      ($0.width, $0.height) = (1000, 350)
    },
    Case(flag: "animated", level: .standard) {
      $0.frames = 2
    } miss: {
      $0.frames = 1
    },
    Case(flag: "grayscale", level: .strict) {
      $0.colour = 3
    } miss: {
      $0.colour = 4
    },
    Case(flag: "has_gps", level: .strict) {
      $0.hasPosition = true
    } miss: {
      $0.hasPosition = false
    },
  ]

  @Test(arguments: cases) func eachCheckFlagsOnlyItsCase(_ one: Case) {
    var (bad, near) = (Self.good, Self.good)
    one.hit(&bad)
    one.miss(&near)
    #expect(Self.flags(near) == [])
    for level in QualityLevel.allCases {
      #expect(Self.flags(bad, level) == (level < one.level ? [] : [one.flag]))
    }
  }

  @Test func everyCheckHasItsCase() {
    #expect(QualityCheck.all.map(\.flag) == ["corrupt"] + Self.cases.map(\.flag))
  }

  @Test func corruptPicturesHaveNoOtherFlags() {
    var corrupt = Self.good
    (corrupt.isCorrupt, corrupt.sharpness, corrupt.width) = (true, 0, 1)
    for level in QualityLevel.allCases { #expect(Self.flags(corrupt, level) == ["corrupt"]) }
    #expect(QualityCheck.findings(corrupt, .strict, QualityThresholds()).count == 1)
  }

  @Test func unmeasuredValuesAreNotFlagged() {
    let found = QualityCheck.findings(
      Measurements(width: 10, height: 10), .strict, QualityThresholds())
    #expect(found.map(\.flag) == ["corrupt", "low_resolution", "odd_aspect_ratio"])
    #expect(found.map(\.value) == [0, 10, 1])
    #expect(found.map(\.isFlagged) == [false, true, false])
  }

  @Test func eachLevelHasTwoNames() {
    let pairs = [("fast", "basic"), ("medium", "standard"), ("slow", "strict")]
    for (word, other) in pairs {
      #expect(QualityLevel(word: word)?.rawValue == other)
      #expect(QualityLevel(word: other)?.rawValue == other)
    }
    for word in ["", "Fast", "thorough"] { #expect(QualityLevel(word: word) == nil) }
  }

  @Test func thresholdsMoveTheBound() throws {
    let thresholds = try QualityThresholds(" blurry = 2.5 , dark=off,low_resolution=0 ,")
    var dark = Self.good
    (dark.highlight, dark.width) = (0, 300)
    let found = QualityCheck.findings(dark, .standard, thresholds)
    #expect(found.filter(\.isFlagged).map(\.flag) == ["blurry"])
    #expect(found.first { $0.flag == "blurry" }?.threshold == 2.5)
    #expect(!found.contains { $0.flag == "dark" })
    #expect(try QualityThresholds("") == QualityThresholds())
  }

  @Test(arguments: [
    ("blurry", "Thresholds are written as blurry=0.8,dark=off."),
    ("blurry=1=2", "Thresholds are written as blurry=0.8,dark=off."),
    ("blurry=", "The threshold of blurry must be from 0 to 10, or off."),
    ("blurry=nan", "The threshold of blurry must be from 0 to 10, or off."),
    ("dark=32%", "The threshold of dark must be from 0 to 1, or off."),
    ("low_resolution=-1", "The threshold of low_resolution must be from 0 to 100000, or off."),
    ("animated=3", "animated has no threshold: it can only be off."),
    ("dark=0.1,dark=off", "The threshold of dark is set twice."),
    (
      "corrupt=off",
      """
      There is no flag 'corrupt': use incomplete, low_resolution, blurry, dark, bright, \
      low_information, odd_aspect_ratio, animated, grayscale, has_gps.
      """
    ),
  ])
  func wrongThresholdsAreRefused(_ text: String, _ sentence: String) {
    let refusal = #expect(throws: QualityThresholds.Refusal.self) { try QualityThresholds(text) }
    #expect(refusal?.sentence == sentence)
  }
}
