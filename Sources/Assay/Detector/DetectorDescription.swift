internal import HTTP
internal import Labelling

/// What a detector's model wants to see and what its output means: a JSON file beside the model.
struct DetectorDescription {
  /// What turns all outputs into the one that counts.
  enum Activation: String {
    case none, sigmoid, softmax
  }

  /// How people know the model; nil for the file's name.
  let name: String?
  /// Pixels across and down.
  let size: Int
  /// Whether the middle is cut out, or all of it stretched.
  let isCropped: Bool
  /// Whether the channels stand before the rows (NCHW) or within the pixels (NHWC).
  let isPlanar: Bool
  /// Taken off each channel, which is 0…1.
  let mean: [Float]
  /// What each channel is divided by then.
  let deviation: [Float]
  /// Which number of the first output counts.
  let output: Int
  let activation: Activation
  let calibration: Calibration

  /// - Throws: `DetectorError` with one sentence.
  init(_ text: [UInt8]) throws(DetectorError) {
    guard let json = try? JSON(parsing: text), case .object(let members) = json else {
      throw DetectorError("The description is no JSON object.")
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
    throw DetectorError("\(name) must be from \(range.lowerBound) to \(range.upperBound).")
  }

  /// The first word is what a missing member means.
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

  /// Without one an output is no probability, however much it looks like it.
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
      calibration must be {"a": …, "b": …}, or {"table": [[output, probability], …]} that rises.
      """)
  }
}

/// Why a detector cannot be used; the sentence is for the operator.
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
