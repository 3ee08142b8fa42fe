package import Imaging

internal import Cryptography
internal import Glibc
internal import Inference
internal import Labelling
internal import Logging
internal import Vocabulary

/// The operator's model for the detection of generated pictures.
package final class Detector: Sendable {
  /// The location of the model.
  package struct Settings: Sendable, Equatable {
    /// The path of the model; its description has the same name with the extension `.json`.
    package let model: String
    /// The path of ONNX Runtime's library; nil to search the usual places.
    package let library: String?

    /// Makes the settings of a model.
    package init(model: String, library: String?) {
      self.model = model
      self.library = library
    }

    private var stem: Substring { model.hasSuffix(".onnx") ? model.dropLast(5) : model[...] }
    /// The path of the description.
    fileprivate var description: String { "\(stem).json" }
    /// The model's name when its description has none.
    fileprivate var name: String { stem.split(separator: "/").last.map(String.init) ?? "model" }

    /// Whether this process can open all its files, without loading them.
    var isThere: Bool {
      [model, description, library].compactMap(\.self).allSatisfy { access($0, R_OK) == 0 }
    }
  }

  /// The result of loading the operator's detector.
  package enum State: Sendable {
    case off
    case ready(Detector)
    /// The detector cannot be used, for this reason.
    case broken(String)
  }

  private static let mostOutputs = 4096

  /// The model's name.
  package let name: String
  /// ONNX Runtime's version.
  package var version: String { model.version }
  /// The name and a hash of the model and its description.
  ///
  /// Pictures are detected again when it changes.
  package let identity: String
  private let description: DetectorDescription
  private let model: Model

  /// Loads the model and tests it.
  /// - Throws: `DetectorError` with one sentence.
  package init(_ settings: Settings) throws(DetectorError) {
    let digest = SHA256()
    let path = settings.description
    guard let text = Self.bytes(of: path, digest) else {
      throw DetectorError("\(path) cannot be read.")
    }
    do throws(DetectorError) {
      description = try DetectorDescription(text)
    } catch {
      throw DetectorError("\(path): \(error)")
    }
    guard Self.bytes(of: settings.model, digest) != nil else {
      throw DetectorError("\(settings.model) cannot be read.")
    }
    name = description.name ?? settings.name
    identity = "\(name) \(Hex.encode(digest.finish()).prefix(16))"
    do throws(ModelError) {
      model = try Model(settings.model, library: settings.library)
    } catch {
      throw DetectorError(error.description)
    }
    // A test run checks the size, layout and output in the description.
    _ = try read([UInt8](repeating: 128, count: description.size * description.size * 3))
  }

  /// Loads the configured detector, and logs the result.
  static func load(_ settings: Settings?) -> State {
    guard let settings else { return .off }
    do throws(DetectorError) {
      let detector = try Detector(settings)
      Logger.assay.info(
        "detector ready",
        metadata: ["model": "\(detector.identity)", "onnxruntime": "\(detector.version)"])
      return .ready(detector)
    } catch {
      Logger.assay.error("detector unavailable", metadata: ["error": "\(error)"])
      return .broken(error.description)
    }
  }

  /// The model's result for a picture.
  package struct Reading: Sendable {
    /// The model's output, on which calibrations are fitted.
    package let output: Double
    /// The calibrated probability that the picture was generated, 0…1.
    package let probability: Double
  }

  /// Looks at an open picture, in a decoder of its own.
  package func read(_ descriptor: Int32, in decoders: DecoderPool) throws -> Reading {
    try read(descriptor, decoders.session())
  }

  /// Reads an open picture.
  package func read(_ descriptor: Int32, _ decoders: DecoderSession) throws -> Reading {
    try read(
      decoders.square(descriptor, side: description.size, isCropped: description.isCropped))
  }

  private func read(_ pixels: [UInt8]) throws(DetectorError) -> Reading {
    let output = try outputs(of: pixels)
    guard description.output < output.count else {
      throw DetectorError("The model has \(output.count) outputs.")
    }
    let chosen = activated(output)
    guard let probability = description.calibration.probability(of: chosen) else {
      throw DetectorError("The model's output is not a number.")
    }
    return Reading(output: chosen, probability: probability)
  }

  private func outputs(of pixels: [UInt8]) throws(DetectorError) -> [Float] {
    let side = description.size
    do throws(ModelError) {
      return try model.run(
        tensor(of: pixels), shape: description.isPlanar ? [1, 3, side, side] : [1, side, side, 3],
        most: Self.mostOutputs)
    } catch {
      throw DetectorError(error.description)
    }
  }

  private func tensor(of pixels: [UInt8]) -> [Float] {
    var tensor = [Float](repeating: 0, count: pixels.count)
    let plane = pixels.count / 3
    for channel in 0..<3 {
      let (mean, deviation) = (description.mean[channel], description.deviation[channel])
      for pixel in 0..<plane {
        let place = description.isPlanar ? channel * plane + pixel : pixel * 3 + channel
        tensor[place] = (Float(pixels[pixel * 3 + channel]) / 255 - mean) / deviation
      }
    }
    return tensor
  }

  private func activated(_ output: [Float]) -> Double {
    let chosen = Double(output[description.output])
    switch description.activation {
    case .none: return chosen
    case .sigmoid: return 1 / (1 + exp(-chosen))
    case .softmax: return 1 / output.reduce(0) { $0 + exp(Double($1) - chosen) }
    }
  }

  /// Returns a file's bytes and adds them to the digest; nil when it cannot be read.
  private static func bytes(of path: String, _ digest: SHA256) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var kept: [UInt8] = []
    let most = 1 << 20
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: most, alignment: 1)
    defer { piece.deallocate() }
    while true {
      let count = Glibc.read(descriptor, piece.baseAddress, most)
      guard count >= 0 else { return nil }
      if count == 0 { return kept }
      let part = UnsafeRawBufferPointer(rebasing: piece.prefix(count))
      digest.update(part)
      // Only the first piece is kept: descriptions are short, and a model needs only its digest.
      if kept.isEmpty { kept = Array(part) }
    }
  }
}
