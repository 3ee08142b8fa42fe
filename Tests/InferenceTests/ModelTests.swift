import Inference
import Support
import Testing

/// Tests with the real ONNX Runtime.
@Suite struct ModelTests {
  private func loaded(_ bytes: [UInt8]) throws -> Model {
    let home = try TemporaryDirectory()
    defer { home.remove() }
    try Files.write(home.path + "/model.onnx", bytes)
    return try Model(home.path + "/model.onnx", library: Python.onnxRuntime.get())
  }

  @Test func aModelRuns() throws {
    let model = try loaded(ONNXFile.mean(shape: [1, 3, 2, 2]))
    let input = (0..<12).map { Float($0) }
    #expect(try model.run(input, shape: [1, 3, 2, 2], most: 4) == [5.5])
    #expect(model.version.hasPrefix("1."))
  }

  @Test func aModelRunsInManyThreads() throws {
    let model = try loaded(ONNXFile.mean(shape: [1, 3, 8, 8]))
    let results = try inThreads(4) { thread in
      try (0..<50).map { round in
        let value = Float(thread * 100 + round)
        return try model.run([Float](repeating: value, count: 192), shape: [1, 3, 8, 8], most: 1)
          == [value]
      }
    }
    #expect(results.allSatisfy { $0.allSatisfy(\.self) })
  }

  @Test func errorsAreReported() throws {
    #expect(throws: ModelError.self) { try loaded([]) }
    #expect(throws: ModelError.self) { try loaded(Array("no model at all".utf8)) }
    #expect(throws: ModelError.self) {
      try Model("/nonexistent.onnx", library: Python.onnxRuntime.get())
    }
    let missing = #expect(throws: ModelError.self) {
      try Model("/nonexistent.onnx", library: "/nonexistent/libonnxruntime.so")
    }
    #expect(missing?.description.contains("/nonexistent/libonnxruntime.so") == true)
    let alien = #expect(throws: ModelError.self) {
      try Model("/nonexistent.onnx", library: "libc.so.6")
    }
    #expect(alien?.description.contains("libc.so.6") == true)
    let model = try loaded(ONNXFile.mean(shape: [1, 3, 2, 2]))
    let other = #expect(throws: ModelError.self) {
      try model.run([1, 2, 3], shape: [1, 3, 1, 1], most: 1)
    }
    #expect(other?.description.isEmpty == false)
  }
}
