import Glibc
import Inference
import Support
import Testing

/// ONNX Runtime's library is found, even if a package gives it only one of its usual names.
@Suite struct LibraryTests {
  private let home: TemporaryDirectory

  init() throws { home = try TemporaryDirectory() }

  /// A folder with the library under the names `names`, and text files under the names `broken`.
  private func folder(_ names: [String], broken: [String] = []) throws -> String {
    let library = try Python.onnxRuntime.get()
    for name in names { try #require(symlink(library, "\(home.path)/\(name)") == 0) }
    for name in broken { try home.write(name, "no library") }
    try Files.write("\(home.path)/model.onnx", ONNXFile.mean(shape: [1, 3, 16, 16]))
    return home.path
  }

  private func isLoaded(from folder: String) -> Bool {
    (try? Model("\(folder)/model.onnx", library: folder)) != nil
  }

  @Test(arguments: [
    "libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.so.1.21",
    "libonnxruntime.so.1.21.0",
  ])
  func aLibraryOfAnyNameIsFoundInAFolder(_ name: String) throws {
    defer { home.remove() }
    #expect(try isLoaded(from: folder([name])))
  }

  @Test func librariesThatCannotBeLoadedAreSkipped() throws {
    defer { home.remove() }
    let (old, new) = ("libonnxruntime.so.1.9", "libonnxruntime.so.1.21")
    #expect(try isLoaded(from: folder([old], broken: [new, "libonnxruntime.so.1.21.txt"])))
  }

  @Test func aFolderWithoutTheLibraryIsReported() throws {
    defer { home.remove() }
    let folder = try folder([], broken: ["libonnxruntime.so.1.21.txt", "libonnxruntime.so.2.0"])
    let error = #expect(throws: ModelError.self) {
      try Model("\(folder)/model.onnx", library: folder)
    }
    #expect(error?.description.contains("ONNX Runtime cannot be loaded") == true)
  }

  /// Runs the whole program; only the loader's search path is set.
  @Test func theLoadersFoldersAreSearched() throws {
    defer { home.remove() }
    let folder = try folder(["libonnxruntime.so.1.21"])
    try home.write(
      "model.json",
      #"{"size": 16, "fit": "stretch", "layout": "nchw", "calibration": {"a": 1, "b": 0}}"#)
    for key in ["token.key", "link.key"] { try home.write(key, TestSite.tokenKey) }
    var settings = Program.environment
    settings.merge([
      "LD_LIBRARY_PATH": folder + (settings["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""),
      "ASSAY_DATABASE": "host=/nonexistent", "ASSAY_STORE": "\(folder)/store",
      "ASSAY_DECODE": Products.path("assay-decode"), "ASSAY_SECRETS": folder,
      "ASSAY_AI_MODEL": "\(folder)/model.onnx",
    ]) { $1 }
    let said = try Program.run([Products.path("assay"), "detector"], environment: settings)
    #expect(said.code == 0, "\(said.text)\(said.errors)")
    #expect(said.text.contains("ONNX Runtime 1."))
  }
}
