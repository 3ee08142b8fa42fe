import Assay
import HTTP
import Postgres
import Site
import Support
import Testing

@Suite("Flags of poor pictures")
struct PictureQualityTests {
  private static let side = 256

  /// Squares of `size` pixels with random brightness between `dark` and `light`.
  private static func squares(_ size: Int, from dark: Int = 0, to light: Int = 255) -> [UInt8] {
    var state: UInt32 = 1
    let grid = (0..<side * side).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(dark + Int(state >> 16) % (light - dark + 1))
    }
    return (0..<side * side).map { place in
      grid[place / side / size * side + place % side / size]
    }
  }

  private static func png(_ luma: [UInt8], _ width: Int = side, _ height: Int = side) -> [UInt8] {
    Pictures.png(luma, width, height)
  }

  /// A picture for every flag, and one that just misses it; all are gray (a strict check).
  private static let pictures: KeyValuePairs<String, [UInt8]> = [
    "sharp.png": png(squares(8)),
    "blurry.png": Pictures.png(seed: 1, width: side, height: side),
    "dark.png": png(squares(8, to: 75)), "dim.png": png(squares(8, to: 90)),
    "bright.png": png(squares(8, from: 235)), "light.png": png(squares(8, from: 210)),
    "plain.png": png([UInt8](repeating: 128, count: side * side)),
    "small.png": png(Array(squares(8)[..<(side * 223)]), side, 223),
    "enough.png": png(Array(squares(8)[..<(side * 224)]), side, 224),
    "strip.png": png(squares(8), side * 2, side / 2),
  ]

  private static let said: [String: [String]] = [
    "sharp.png": [], "blurry.png": ["blurry"], "dark.png": ["dark"], "dim.png": [],
    "bright.png": ["bright"], "light.png": [], "plain.png": ["low_information"],
    "small.png": ["low_resolution"], "enough.png": [],
    "strip.png": ["low_resolution", "odd_aspect_ratio"],
  ]

  private static let realThresholds = ["ASSAY_QC_THRESHOLDS": ""]

  /// Only the flags of quality, because some of these pictures are parts of others.
  private func flags(_ inspected: Inspected) throws -> [String: [String]] {
    try inspected.checked().mapValues { checked in
      checked.flags.filter { !["ai_unknown", "near_duplicate", "exact_duplicate"].contains($0) }
    }
  }

  @Test func eachFlagIsSetBeyondItsThresholdOnly() throws {
    let inspected = try Inspected(.inline, settings: Self.realThresholds)
    try inspected.upload(Self.pictures)
    try inspected.run()
    #expect(try flags(inspected) == Self.said)
  }

  @Test func higherLevelsAddFlags() throws {
    let inspected = try Inspected(.inline, settings: Self.realThresholds)
    try inspected.upload(Self.pictures)
    for (level, kept) in [
      ("fast", ["low_resolution"]), ("basic", ["low_resolution"]),
      ("medium", nil), ("standard", nil),
    ] {
      #expect(try inspected.start(level).status == 200)
      let expected = Self.said.mapValues { flags in
        flags.filter { kept?.contains($0) ?? true }
      }
      #expect(try flags(inspected) == expected, "\(level)")
    }
    for level in ["slow", "strict"] {
      #expect(try inspected.start(level).status == 200)
      #expect(try flags(inspected) == Self.said.mapValues { $0 + ["grayscale"] }, "\(level)")
    }
  }

  @Test func anUnknownLevelIsRefused() throws {
    let inspected = try Inspected()
    for level in ["thorough", "", "Fast"] {
      let answer = try inspected.start(level)
      #expect(answer.status == 400)
      #expect(try answer.detail.contains("fast, medium, slow, basic, standard, strict"))
    }
    #expect(try inspected.progress()["state"] == .null)
  }

  @Test func theOperatorSetsThresholds() throws {
    let inspected = try Inspected(
      .inline, settings: ["ASSAY_QC_THRESHOLDS": "dark=0.4,blurry=off,low_resolution=10"])
    try inspected.upload(Self.pictures)
    try inspected.run()
    let found = try flags(inspected)
    #expect(found["dim.png"] == ["dark"])
    #expect(found["blurry.png"] == [])
    #expect(found["strip.png"] == ["odd_aspect_ratio"])
  }

  /// An EXIF block whose position has a latitude and, if the argument says so, a longitude.
  private static func exif(_ longitude: UInt8) -> [UInt8] {
    func entry(_ tag: [UInt8], _ type: UInt8, _ place: UInt8) -> [UInt8] {
      tag + [type, 0, 1, 0, 0, 0, place, 0, 0, 0]
    }
    let end: [UInt8] = [0, 0, 0, 0]
    return Array("II*\0".utf8) + [8, 0, 0, 0] + [1, 0] + entry([0x25, 0x88], 4, 26) + end
      + [2, 0] + entry([2, 0], 5, 56) + entry([longitude, 0], 5, 56) + end
      + [48, 0, 0, 0, 1, 0, 0, 0]
  }

  /// A GIF file of `frames` frames of one pixel.
  private static func gif(_ frames: Int) -> [UInt8] {
    let frame: [UInt8] = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 0x01, 0]
    return Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
      + [[UInt8]](repeating: frame, count: frames).joined() + [0x3B]
  }

  /// Uploads by the other endpoint, because that of requests takes only JPEG and PNG.
  private func uploadOfAnyType(
    _ files: [(name: String, bytes: [UInt8])], _ inspected: Inspected
  ) throws {
    let sent = try inspected.site.send(
      "POST", "/api/upload?project=\(inspected.request)", as: inspected.customer,
      form: Form(files))
    #expect(sent.status == 201)
  }

  @Test func propertiesOfTheFileAreFlagged() throws {
    let inspected = try Inspected(
      .inline,
      settings: ["ASSAY_QC_THRESHOLDS": "low_resolution=off,low_information=off,bright=off"])
    let luma = Self.squares(8)
    try uploadOfAnyType(
      [
        ("there.png", Pictures.png(luma, Self.side, Self.side, exif: Self.exif(4))),
        ("nowhere.png", Pictures.png(luma, Self.side, Self.side, exif: Self.exif(5))),
        ("moving.gif", Self.gif(2)), ("still.gif", Self.gif(1)),
      ], inspected)
    try inspected.run()
    let shown = try flags(inspected)
    #expect(
      shown == ["there.png": [], "nowhere.png": [], "moving.gif": ["animated"], "still.gif": []])
    #expect(try inspected.start("strict").status == 200)
    let all = try flags(inspected)
    #expect(all["there.png"] == ["grayscale", "has_gps"])
    #expect(all["nowhere.png"] == ["grayscale"])
    #expect(all["moving.gif"]?.contains("animated") == true)
  }

  @Test func theEvidenceHasTheMeasuredValues() throws {
    let inspected = try Inspected(.inline, settings: Self.realThresholds)
    try inspected.upload(["strip.png": Self.png(Self.squares(8), Self.side * 2, Self.side / 2)])
    try inspected.run()
    let evidence = try evidence(inspected)
    #expect(try evidence["level"] == .string("standard"))
    let quality = try evidence["quality"]
    #expect(try quality["low_resolution"]["value"].double == 128)
    #expect(try quality["low_resolution"]["threshold"].double == 224)
    #expect(try quality["odd_aspect_ratio"]["value"].double == 0.25)
    #expect(try quality["blurry"]["value"].double > 1)
    #expect(try quality["animated"]["value"].double == 1)
    #expect(throws: (any Error).self) { try quality["grayscale"]["value"] }
  }

  private func evidence(_ inspected: Inspected) throws -> JSON {
    let text = try inspected.site.owner().first("select evidence::text from item_check") {
      row throws(PostgresError) in try row.next(String.self)
    }
    return try JSON(parsing: Array(#require(text).utf8))
  }

  @Test func olderInspectionsAreRepeatedByTheNextRun() throws {
    let inspected = try Inspected(.inline, settings: Self.realThresholds)
    try inspected.upload(["blurry.png": Pictures.png(seed: 1, width: 256, height: 256)])
    try inspected.run()
    let first = try evidence(inspected)
    // An older version stored it in this form.
    try inspected.site.owner().script(
      """
      update blob set frames = null, has_position = null, sharpness = null,
        shadow = null, highlight = null, entropy = null, colour = null
      """)
    try inspected.run()
    #expect(try flags(inspected) == ["blurry.png": ["blurry"]])
    #expect(try evidence(inspected) == first)
  }

  /// A file whose header declares three times as many rows as there are.
  private static let cutShort: [UInt8] = {
    var jpeg = Pictures.jpeg
    if let frame = jpeg.indices.dropLast().first(where: { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 }
    ) {
      jpeg[frame + 6] = 48
    }
    return jpeg
  }()

  @Test func missingRowsAreFlaggedAndCounted() throws {
    let inspected = try Inspected(.inline, settings: Self.realThresholds)
    try inspected.upload(["whole.jpg": Pictures.jpeg, "cut.jpg": Self.cutShort])
    try inspected.run()
    let shown = try flags(inspected)
    #expect(shown["cut.jpg"]?.contains("incomplete") == true)
    #expect(shown["whole.jpg"]?.contains("incomplete") == false)
    let found = try inspected.site.owner().all(
      """
      select c.evidence->'quality'->'incomplete' #>> '{}'
      from item_check c join item i using (item_id) order by i.filename
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(
      found == [
        #"{"of": 48.0, "value": 32.0, "threshold": 0.0}"#,
        #"{"of": 16.0, "value": 0.0, "threshold": 0.0}"#,
      ])
    // A worker of the previous version stored it in this form.
    try inspected.site.owner().run("update blob set missing_rows = null, stored_rows = null")
    try inspected.run()
    #expect(try flags(inspected)["cut.jpg"]?.contains("incomplete") == true)
  }

  @Test func textsGetNoQualityFlags() throws {
    let inspected = try Inspected(.inline, settings: Self.realThresholds)
    try uploadOfAnyType([("a.txt", Array("one line".utf8))], inspected)
    #expect(try inspected.start("strict").status == 200)
    #expect(try flags(inspected).values.map(\.self) == [[]])
    #expect(try evidence(inspected)["quality"] == .object([:]))
  }
}
