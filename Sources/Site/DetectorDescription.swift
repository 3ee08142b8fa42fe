internal import HTTP
internal import Labelling

/// The input and output format of a detector's model, from a JSON file beside the model.
struct DetectorDescription {
  /// The function applied to the model's outputs.
  enum Activation: String {
    case none, sigmoid, softmax
  }

  /// The model's name; nil for the file's name.
  let name: String?
  /// The width and height of the input in pixels.
  let size: Int
  /// Whether the picture is cropped to its centre, or stretched.
  let isCropped: Bool
  /// Whether the layout is planar (NCHW) or interleaved (NHWC).
  let isPlanar: Bool
  /// The mean to subtract from each channel, which is 0…1.
  let mean: [Float]
  /// The standard deviation by which each channel is divided.
  let deviation: [Float]
  /// The index of the used value in the first output.
  let output: Int
  let activation: Activation
  let calibration: Calibration

  /// Parses a description.
  /// - Throws: `DetectorError` with one sentence.
  init(_ text: [UInt8]) throws(DetectorError) {
    guard let json = try? JSON(parsing: text), case .object(let members) = json else {
      throw DetectorError("The description is not a JSON object.")
    }
    name = members["name"].flatMap(\.text)
    size = try Self.count("size", members, 1...1024)
    output = try Self.count("output", members, 0...4095, initial: 0)
    isCropped = try Self.word("fit", members, ["crop", "stretch"]) == "crop"
    isPlanar = try Self.word("layout", members, ["nchw", "nhwc"]) == "nchw"
    let word = try Self.word("activation", members, ["none", "sigmoid", "softmax"])
    activation = Activation(rawValue: word) ?? .none
    mean = try Self.channels("mean", members, initial: 0)
    deviation = try Self.channels("std", members, initial: 1)
    guard deviation.allSatisfy({ $0 > 0 }) else { throw DetectorError("std must be above 0.") }
    calibration = try Self.calibration(members["calibration"])
  }

  private static func count(
    _ name: String, _ members: [String: JSON], _ range: ClosedRange<Int>, initial: Int? = nil
  ) throws(DetectorError) -> Int {
    switch members[name] {
    case .int(let value)? where range.contains(Int(value)): return Int(value)
    case nil: if let initial { return initial }
    default: break
    }
    throw DetectorError(
      "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
  }

  /// Returns a member's word; the first allowed word is the default.
  private static func word(_ name: String, _ members: [String: JSON], _ words: [String])
    throws(DetectorError) -> String
  {
    guard let value = members[name] else { return words[0] }
    guard let word = value.text, words.contains(word) else {
      throw DetectorError("\(name) must be one of \(words.joined(separator: ", ")).")
    }
    return word
  }

  private static func channels(_ name: String, _ members: [String: JSON], initial: Float)
    throws(DetectorError) -> [Float]
  {
    guard let value = members[name] else { return [initial, initial, initial] }
    guard case .array(let values) = value, values.compactMap(\.number).count == 3,
      values.count == 3
    else { throw DetectorError("\(name) must be three numbers.") }
    return values.compactMap(\.number).map { Float($0) }
  }

  /// Parses the calibration, which is required: a raw output is not a probability.
  private static func calibration(_ value: JSON?) throws(DetectorError) -> Calibration {
    if case .object(let members)? = value {
      if let a = members["a"]?.number, let b = members["b"]?.number { return .platt(a: a, b: b) }
      if case .array(let rows)? = members["table"] {
        let points = rows.compactMap { row -> Calibration.Point? in
          guard case .array(let pair) = row, pair.count == 2, let output = pair[0].number,
            let probability = pair[1].number
          else { return nil }
          return Calibration.Point(output: output, probability: probability)
        }
        if points.count == rows.count, let table = Calibration(points: points) { return table }
      }
    }
    throw DetectorError(
      """
      calibration must be {"a": …, "b": …}, or {"table": [[output, probability], …]} in rising \
      order.
      """)
  }
}

/// The reason why a detector cannot be used, as a sentence for the operator.
package struct DetectorError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

extension JSON {
  fileprivate var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
