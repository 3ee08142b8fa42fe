internal import Glibc
internal import Synchronization

/// Pythons with the packages that tests need: the system's if it has them, otherwise one in
/// `.build`, made once.
package enum Python {
  /// A Python with moto, the S3 server of the tests, and botocore, AWS's own signer.
  package static let withMoto = Result {
    try find(
      "moto", ["moto[s3,server]==5.2.1"],
      probe: "import boto3, moto.server, werkzeug.serving, flask_cors")
  }
  /// A Python with the reference implementation of C2PA, which signs and reads.
  package static let withC2PA = Result {
    try find(
      "c2pa", ["c2pa-python==0.38.1", "cryptography==50.0.2"], probe: "import c2pa, cryptography")
  }
  /// A Python with h2, an HTTP/2 client that a test controls.
  package static let withHTTP2 = Result { try find("h2", ["h2==4.3.0"], probe: "import h2") }
  /// A Python with other implementations of agreement coefficients.
  package static let withAgreement = Result {
    try find(
      "agreement", ["krippendorff==0.9.0", "scikit-learn==1.9.1"],
      probe: "import krippendorff, sklearn.metrics")
  }
  /// The path of ONNX Runtime's library in its package for Python.
  package static let onnxRuntime = Result {
    let python = try find("onnxruntime", ["onnxruntime==1.31.1"], probe: "import onnxruntime")
    let script = """
      import glob, os, onnxruntime
      print(glob.glob(os.path.dirname(onnxruntime.__file__) + "/capi/libonnxruntime.so*")[0])
      """
    return try String(Program.run([python, "-c", script]).text.prefix { $0 != "\n" })
  }

  private static func find(_ name: String, _ packages: [String], probe: String) throws -> String {
    let own = "\(root)/.build/\(name)"
    func isUsable(_ python: String) -> Bool {
      (try? Program.run([python, "-c", probe]))?.code == 0
    }
    for python in ["python3", "\(own)/bin/python"] where isUsable(python) { return python }
    try run(["python3", "-m", "venv", "--clear", own])
    try run(["\(own)/bin/python", "-m", "pip", "install", "--quiet"] + packages)
    return "\(own)/bin/python"
  }

  private static func run(_ words: [String]) throws {
    let run = try Program.run(words, seconds: 300)
    guard run.code == 0 else {
      throw Missing(description: "\(words[0]) ended with \(run.code): \(run.errors)\(run.text)")
    }
  }

  private static let root: String = {
    var folder = #filePath[...]
    while !folder.isEmpty, access("\(folder)/Package.swift", R_OK) != 0 {
      folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
    }
    return String(folder)
  }()
}

/// A server in Python that ends when its standard input is closed, even if this process crashes.
package final class PythonServer: Sendable {
  /// The port of the server.
  package let port: Int
  private let program: Program
  private let leash: Mutex<Int32>

  /// Starts a script that prints its port when it listens.
  package init(_ script: String, _ arguments: [String] = [], python: String = "python3") throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Missing(description: "no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    leash = Mutex(ends[1])
    program = try Program([python, "-c", script] + arguments, descriptor: ends[0])
    let deadline = ContinuousClock.now + .seconds(120)
    while !program.said.hasSuffix("\n"), ContinuousClock.now < deadline, kill(program.pid, 0) == 0 {
      usleep(20_000)
    }
    guard let port = Int(program.said.prefix { $0 != "\n" }) else {
      close(ends[1])
      throw Missing(description: "no server: \(try program.finish(seconds: 5).errors)")
    }
    self.port = port
  }

  deinit { stop() }

  /// Stops the server; a second call does nothing.
  package func stop() {
    let isFirst = leash.withLock { leash in
      defer { leash = -1 }
      if leash >= 0 { close(leash) }
      return leash >= 0
    }
    if isFirst { _ = try? program.finish(seconds: 10) }
  }
}
