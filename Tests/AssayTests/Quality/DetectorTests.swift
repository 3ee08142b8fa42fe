import Assay
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing

/// Uses the real ONNX Runtime and a model whose output is the picture's mean brightness.
@Suite("The operator's detector")
struct DetectorTests {
  private let home: TemporaryDirectory

  init() throws { home = try TemporaryDirectory() }

  private static let whole = #"""
    {"name": "brightness", "size": 16, "fit": "stretch", "layout": "nchw",
     "calibration": {"table": [[0.2, 0.05], [0.8, 0.95]]}}
    """#

  /// Writes a model and its description, and returns the settings for them.
  private func settings(_ description: String? = Self.whole, shape: [UInt8] = [1, 3, 16, 16])
    throws -> [String: String]
  {
    try Files.write("\(home.path)/model.onnx", ONNXFile.mean(shape: shape))
    if let description { try home.write("model.json", description) }
    return [
      "ASSAY_AI_MODEL": "\(home.path)/model.onnx",
      "ASSAY_ONNX_RUNTIME": try Python.onnxRuntime.get(),
    ]
  }

  private func gray(_ value: UInt8, text: String? = nil) -> [UInt8] {
    // Not quite uniform, and different for each picture.
    let luma = (0..<96 * 64).map { value + UInt8($0 % 7) }
    return Pictures.png(luma, 96, 64, text: text)
  }

  private func evidence(of site: TestSite) throws -> [String: JSON] {
    let rows = try site.owner().all(
      """
      select i.filename, c.evidence -> 'ai_generated'
      from item_check c join item i using (item_id)
      """
    ) { row throws(PostgresError) in (try row.next(String.self), try row.next(String.self)) }
    return try Dictionary(
      uniqueKeysWithValues: rows.map { ($0.0, try JSON(parsing: Array($0.1.utf8))) })
  }

  @Test(arguments: [QualityMode.worker, .inline])
  func theDetectorDecidesWithoutADeclaration(_ mode: QualityMode) throws {
    defer { home.remove() }
    let inspected = try Inspected(mode, settings: settings())
    try inspected.upload([
      "bright.png": gray(240), "dark.png": gray(5),
      "declared.png": gray(4, text: "parameters\u{0}a cat, Steps: 20"),
    ])
    try inspected.run()
    let checked = try inspected.checked()
    #expect(checked["bright.png"]?.generated == 0.95)
    #expect(checked["bright.png"]?.flags.contains("ai_detector") == true)
    #expect(checked["dark.png"]?.generated == 0.05)
    #expect(checked["dark.png"]?.flags.contains { $0.hasPrefix("ai_") } == false)
    #expect(checked["declared.png"]?.generated == 0.97)
    let evidence = try evidence(of: inspected.site)
    #expect(try evidence["bright.png"]?["reason"].string == "brightness")
    #expect(try evidence["dark.png"]?["detector"]["probability"].double == 0.05)
    #expect(try evidence["declared.png"]?["detector"]["model"].string == "brightness")
  }

  @Test func healthReportsADetectorBeforeItIsLoaded() throws {
    defer { home.remove() }
    let site = try TestSite(settings: settings())
    func health() throws -> String { try site.send("GET", "/health").json["ai_detector"].string }
    #expect(try health() == "on")
    Files.remove("\(home.path)/model.json")
    #expect(try health() == "unavailable")
  }

  @Test func anotherModelExaminesPicturesAgain() throws {
    defer { home.remove() }
    let inspected = try Inspected(settings: settings())
    try inspected.upload(["bright.png": gray(240)])
    try inspected.run()
    #expect(try inspected.checked()["bright.png"]?.generated == 0.95)
    // The same model with another calibration, in another process.
    let other = try settings(
      #"{"size": 16, "activation": "sigmoid", "calibration": {"a": 0, "b": -1}}"#)
    var config = inspected.site.site.config
    config.detector = .init(
      model: other["ASSAY_AI_MODEL"] ?? "", library: other["ASSAY_ONNX_RUNTIME"])
    let site = try Site(config)
    defer { site.stop() }
    #expect(try inspected.start().status == 200)
    let worker = Worker(site)
    try worker.runAll()
    let score = try #require(try inspected.checked()["bright.png"]?.generated)
    #expect(abs(score - 0.268941) < 1e-6)
  }

  @Test func aMissingModelIsReportedAndStopsNothing() throws {
    defer { home.remove() }
    var settings = try settings()
    settings["ASSAY_ONNX_RUNTIME"] = "/nonexistent/libonnxruntime.so"
    let inspected = try Inspected(settings: settings)
    try inspected.upload(["bright.png": gray(240)])
    try inspected.run()
    #expect(try inspected.progress()["state"] == .string("completed"))
    let checked = try #require(try inspected.checked()["bright.png"])
    #expect(checked.generated == 0.1)
    #expect(checked.flags.contains("ai_unknown"))
    #expect(checked.flags.contains("ai_detector_unavailable"))
    let fault = try evidence(of: inspected.site)["bright.png"]?["detector"]["fault"].string
    #expect(fault?.contains("/nonexistent/libonnxruntime.so") == true)
    let health = try inspected.site.send("GET", "/health")
    #expect(health.text == #"{"status":"healthy","ai_detector":"unavailable"}"#)
  }

  @Test(arguments: [
    ("", "not a JSON"), ("[]", "not a JSON"), ("{}", "size"), (#"{"size": 0}"#, "size"),
    (#"{"size": 16}"#, "calibration"),
    (#"{"size": 16, "layout": "chw", "calibration": {"a": 1, "b": 0}}"#, "layout"),
    (#"{"size": 16, "fit": 1, "calibration": {"a": 1, "b": 0}}"#, "fit"),
    (#"{"size": 16, "mean": [0, 0], "calibration": {"a": 1, "b": 0}}"#, "mean"),
    (#"{"size": 16, "std": [1, 0, 1], "calibration": {"a": 1, "b": 0}}"#, "std"),
    (#"{"size": 16, "calibration": {"table": [[1, 0.9], [2, 0.1]]}}"#, "calibration"),
    // A size that differs from the model's.
    (#"{"size": 24, "calibration": {"a": 1, "b": 0}}"#, ""),
    (#"{"size": 16, "layout": "nhwc", "calibration": {"a": 1, "b": 0}}"#, ""),
    (#"{"size": 16, "output": 1, "calibration": {"a": 1, "b": 0}}"#, "outputs"),
  ])
  func faultsOfADescriptionAreReported(_ description: String, _ word: String) throws {
    defer { home.remove() }
    let settings = try settings(description)
    let error = #expect(throws: DetectorError.self) {
      try Detector(
        .init(model: settings["ASSAY_AI_MODEL"] ?? "", library: settings["ASSAY_ONNX_RUNTIME"]))
    }
    #expect(error?.description.contains(word) == true || word.isEmpty)
    #expect(error?.description.isEmpty == false)
  }

  @Test func aMissingDescriptionOrModelIsReported() throws {
    defer { home.remove() }
    let path = try settings(nil)["ASSAY_AI_MODEL"] ?? ""
    let error = #expect(throws: DetectorError.self) {
      try Detector(.init(model: path, library: nil))
    }
    #expect(error?.description == "\(home.path)/model.json cannot be read.")
    try home.write("other.json", Self.whole)
    let missing = #expect(throws: DetectorError.self) {
      try Detector(.init(model: "\(home.path)/other.onnx", library: nil))
    }
    #expect(missing?.description == "\(home.path)/other.onnx cannot be read.")
  }
}
