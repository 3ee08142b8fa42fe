import Labelling
import Testing

@Suite("Evidence of a picture's origin")
struct OriginEvidenceTests {
  typealias Statement = (field: String, value: String)

  private struct Said: OriginStatement {
    let field: String
    let value: String
  }

  private func judge(
    _ statements: Statement..., size: (width: Int, height: Int)? = nil,
    detection: OriginEvidence.Detection? = nil
  ) -> OriginEvidence {
    OriginEvidence(
      statements.map { Said(field: $0.field, value: $0.value) }, size: size, detection: detection,
      prior: 0.1)
  }

  private static let iptc = "http://cv.iptc.org/newscodes/digitalsourcetype/"
  private static let graph = #"{"3": {"inputs": {"seed": 1}, "class_type": "KSampler"}}"#

  @Test(arguments: [
    ("digitalSourceType", iptc + "trainedAlgorithmicMedia", 0.99),
    ("digitalSourceType", "digsrctype:trainedAlgorithmicMedia", 0.99),
    ("digitalSourceType", "TrainedAlgorithmicMedia", 0.99),
    ("c2pa:digitalSourceType", "trainedAlgorithmicData", 0.99),
    ("c2pa:part:digitalSourceType", "trainedAlgorithmicMedia", 0.9),
    ("digitalSourceType", "compositeWithTrainedAlgorithmicMedia", 0.9),
    ("digitalSourceType", "compositeSynthetic", 0.7),
    ("png:parameters", "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7", 0.97),
    ("exif:UserComment", "a cat … Steps: 20, Sampler: Euler a", 0.97),
    ("png:prompt", graph, 0.97), ("png:workflow", #"{"last_node_id": 9, "nodes": []}"#, 0.97),
    ("exif:Make", "workflow:{\"nodes\": []}", 0.97), ("exif:Model", "prompt:" + graph, 0.97),
    ("png:sd-metadata", "{}", 0.97), ("png:invokeai_metadata", "{}", 0.97),
    ("png:Comment", #"{"prompt": "cat", "steps": 28, "sampler": "k_euler"}"#, 0.97),
    ("exif:ImageDescription", "a cat --ar 2:3 --v 6 Job ID: 1-2-3", 0.97),
    ("exif:Software", "Stable Diffusion web UI", 0.95), ("exif:Software", "MIDJOURNEY v6", 0.95),
    ("xmp:CreatorTool", "Adobe Firefly", 0.95), ("c2pa:claim_generator", "Adobe_Firefly", 0.95),
    ("png:Software", "NovelAI", 0.95), ("iptc:Credit", "Made with Google AI", 0.95),
    ("exif:UserComment", "made with DALL·E 3", 0.95),
    ("gif:comment", "Created with the help of ChatGPT", 0.95),
  ])
  func declarationsAreBelieved(field: String, value: String, score: Double) {
    let evidence = judge((field, value))
    #expect(evidence.score == score)
    #expect(evidence.flags == ["ai_metadata"])
    #expect(evidence.reason == "\(field): \(value)")
  }

  @Test(arguments: [
    ("exif:Software", "GIMP 2.10"), ("exif:Model", "NIKON D850"), ("png:Comment", "a holiday"),
    ("digitalSourceType", iptc + "digitalCapture"), ("digitalSourceType", "algorithmicMedia"),
    ("digitalSourceType", "algorithmicallyEnhanced"), ("c2pa:digitalSourceType", "empty"),
    ("xmp:CreatorTool", ""), ("", ""),
    // Words of people and of other languages.
    ("exif:ImageDescription", "Nuestra imagen favorita"), ("exif:Software", "Imagen Edit 3.2"),
    ("exif:ImageDescription", "The founder of Midjourney on stage"),
    ("exif:ImageDescription", "trainedAlgorithmicMedia explained"),
    ("png:Comment", "Notes: DALL-E was made by people"),
    // Chunks that any program may write.
    ("png:prompt", "tell us of your holiday"), ("png:parameters", "f/2.8"), ("png:parameters", ""),
    ("png:workflow", "scan, crop, save"), ("png:prompt", #"{"question": "where?"}"#),
    ("exif:Software", "Fluxbox"), ("exif:Make", "workflow: fast"),
    ("c2pa", "intact"), ("c2pa:claim_generator", "Adobe Photoshop 26.1"),
    ("c2pa:claim_generator", "Leica Camera"),
  ])
  func otherStatementsAreIgnored(field: String, value: String) {
    let evidence = judge((field, value))
    #expect(evidence.score == 0.1)
    #expect(evidence.flags == ["ai_unknown"])
    #expect(evidence.reason == nil)
  }

  @Test func severalSettingsTogetherAreADeclaration() {
    let prompt = (field: "png:prompt", value: "a cat")
    #expect(judge(prompt).flags == ["ai_unknown"])
    #expect(judge(prompt, ("png:seed", "1")).flags == ["ai_unknown"])
    #expect(judge(prompt, ("png:seed", "1"), ("png:guidance_scale", "7")).score == 0.97)
  }

  @Test func withoutEvidenceTheScoreIsThePrior() {
    for prior in [0.05, 0.1, 0.4] {
      let evidence = OriginEvidence([Said](), prior: prior)
      #expect(evidence.score == prior)
      #expect(evidence.flags == ["ai_unknown"])
      #expect(evidence.reason == nil)
    }
  }

  @Test func theStrongestStatementDecides() {
    let strong = (field: "digitalSourceType", value: "trainedAlgorithmicMedia")
    let weak = (field: "exif:Software", value: "Midjourney")
    let camera = (field: "exif:Model", value: "NIKON D850")
    #expect(judge(camera, weak, strong) == judge(strong))
    #expect(judge(strong, weak, camera) == judge(strong))
  }

  @Test func aBrokenManifestHasItsOwnFlag() {
    let broken = (field: "c2pa", value: "broken: the signature does not match the claim")
    let evidence = judge(broken)
    #expect(evidence.flags == ["ai_unknown", "c2pa_invalid"])
    #expect(evidence.score == 0.1)
    #expect(evidence.seal == broken.value)
    let declared = judge(broken, ("c2pa:digitalSourceType", "trainedAlgorithmicMedia"))
    #expect(declared.flags == ["ai_metadata", "c2pa_invalid"])
    #expect(judge(("c2pa", "unchecked: an update")).flags == ["ai_unknown"])
  }

  @Test(arguments: [
    (0.0, 0.01, []), (0.3, 0.3, []), (0.5, 0.5, ["ai_detector"]), (1, 0.99, ["ai_detector"]),
  ])
  func theDetectorDecidesWithoutADeclaration(_ said: Double, _ score: Double, _ flags: [String]) {
    let detection = OriginEvidence.Detection.probability(said, model: "m1")
    let evidence = judge(detection: detection)
    #expect(evidence.score == score)
    #expect(evidence.flags == flags)
    #expect(evidence.reason == "m1")
    #expect(evidence.detection == detection)
    let declared = judge(("exif:Software", "Midjourney"), detection: detection)
    #expect(declared.score == 0.95)
    #expect(declared.flags == ["ai_metadata"])
  }

  @Test func anUnavailableDetectorIsAFlag() {
    let evidence = judge(detection: .unavailable("no library"))
    #expect(evidence.score == 0.1)
    #expect(evidence.flags == ["ai_unknown", "ai_detector_unavailable"])
  }

  @Test func theSizeOfAGeneratorIsAHint() {
    for (width, height) in [(832, 1216), (1216, 832), (1456, 816)] {
      let evidence = judge(size: (width, height))
      #expect(evidence.flags == ["ai_signal"])
      #expect(evidence.score > 0.1 && evidence.score < 0.3)
      #expect(evidence.reason?.hasPrefix("\(width) × \(height)") == true)
      #expect(judge(("exif:Make", "Canon"), size: (width, height)).flags == ["ai_unknown"])
    }
    for size in [(1024, 1024), (512, 512), (4000, 3000), (832, 1217)] {
      #expect(judge(size: size).flags == ["ai_unknown"])
    }
    let sure = OriginEvidence([Said](), size: (832, 1216), prior: 0.49)
    #expect(sure.score == 0.6)
    let detected = judge(size: (832, 1216), detection: .probability(0.2, model: "m"))
    #expect(detected.score == 0.2)
  }
}
