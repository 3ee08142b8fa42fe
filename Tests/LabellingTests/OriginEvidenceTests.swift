import Labelling
import Testing

@Suite("What a picture says of its own origin")
struct OriginEvidenceTests {
  private func judge(_ statements: (field: String, value: String)...) -> OriginEvidence {
    OriginEvidence(statements, prior: 0.1)
  }

  private static let iptc = "http://cv.iptc.org/newscodes/digitalsourcetype/"

  @Test(arguments: [
    ("Iptc4xmpExt:DigitalSourceType", iptc + "trainedAlgorithmicMedia", 0.99),
    ("Iptc4xmpExt:DigitalSourceType", iptc + "compositeWithTrainedAlgorithmicMedia", 0.9),
    ("png:parameters", "a cat, Steps: 20, Sampler: Euler a", 0.97),
    ("png:Parameters", "", 0.97), ("png:prompt", "{}", 0.97), ("png:workflow", "{}", 0.97),
    ("png:sd-metadata", "{}", 0.97),
    ("exif:Software", "Stable Diffusion web UI", 0.95), ("exif:Software", "MIDJOURNEY v6", 0.95),
    ("xmp:CreatorTool", "Adobe Firefly", 0.95), ("exif:UserComment", "made with DALL·E 3", 0.95),
  ])
  func believesADeclaration(field: String, value: String, score: Double) {
    let evidence = judge((field, value))
    #expect(evidence.score == score)
    #expect(evidence.flag == "ai_metadata")
    #expect(evidence.reason == "\(field): \(value)")
  }

  @Test(arguments: [
    ("exif:Software", "GIMP 2.10"), ("exif:Model", "NIKON D850"), ("png:Comment", "a holiday"),
    ("Iptc4xmpExt:DigitalSourceType", iptc + "digitalCapture"),
    ("Iptc4xmpExt:DigitalSourceType", iptc + "algorithmicMedia"), ("xmp:CreatorTool", ""),
    ("png:parameters_of_camera", "f/2.8"), ("", ""),
  ])
  func otherStatementsSayNothing(field: String, value: String) {
    #expect(judge((field, value)) == judge())
  }

  @Test func silenceIsThePriorNeverZero() {
    for prior in [0.05, 0.1, 0.5] {
      let evidence = OriginEvidence([], prior: prior)
      #expect(evidence.score == prior)
      #expect(evidence.flag == "ai_unknown")
      #expect(evidence.reason == nil)
    }
  }

  @Test func theStrongestStatementDecides() {
    let (strong, weak) = (
      (field: "Iptc4xmpExt:DigitalSourceType", value: Self.iptc + "trainedAlgorithmicMedia"),
      (field: "exif:Software", value: "Midjourney")
    )
    let camera = (field: "exif:Model", value: "NIKON D850")
    #expect(judge(camera, weak, strong) == judge(strong))
    #expect(judge(strong, weak, camera) == judge(strong))
  }
}
