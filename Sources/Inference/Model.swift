internal import COnnxRuntime

/// A model cannot be loaded or run; the sentence is for the operator.
package struct ModelError: Error, CustomStringConvertible {
  package let description: String
}

/// A model in ONNX's format, run by ONNX Runtime, which is loaded together with the first model.
///
/// Several threads may run it at the same time; each run uses one thread.
package final class Model: Sendable {
  private static let longestFault = 512

  // The library allows concurrent runs.
  nonisolated(unsafe) private let handle: OpaquePointer

  /// Loads a model of one input.
  /// - Parameter library: path of libonnxruntime or its folder; nil for the loader's search path.
  package init(_ path: String, library: String?) throws(ModelError) {
    var fault = [CChar](repeating: 0, count: Self.longestFault)
    guard let handle = connx_open(library, path, &fault) else { throw Self.error(fault) }
    self.handle = handle
  }

  deinit { connx_close(handle) }

  /// ONNX Runtime's version.
  package var version: String { connx_version(handle).map { String(cString: $0) } ?? "" }

  /// Runs the model and returns at most `most` numbers of the first output.
  package func run(_ input: [Float], shape: [Int], most: Int) throws(ModelError) -> [Float] {
    guard shape.reduce(1, *) == input.count else {
      throw ModelError(description: "the input does not have the model's shape")
    }
    var fault = [CChar](repeating: 0, count: Self.longestFault)
    var count = -1
    let output = [Float](unsafeUninitializedCapacity: most) { buffer, filled in
      count = connx_run(
        handle, input, shape.map { Int64($0) }, shape.count, buffer.baseAddress, most, &fault)
      filled = min(max(0, count), most)
    }
    guard count >= 0 else { throw Self.error(fault) }
    return output
  }

  private static func error(_ fault: [CChar]) -> ModelError {
    ModelError(
      description: String(decoding: fault.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
  }
}
