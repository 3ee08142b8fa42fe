import Assay
import HTTP
import Site
import Support
import Testing
import Web

@Suite("Limits of concurrent uploads") struct UploadGateTests {
  private let later = "The service is busy: send this file again."

  /// Enters `depth` times, one inside the other; returns the status of the problem, if there is
  /// one.
  private func nested(_ depth: Int, _ gate: UploadGate) -> Int? {
    do {
      return try gate.admit { _ in depth > 1 ? nested(depth - 1, gate) : nil }
    } catch {
      return (error as? Problem)?.status ?? 0
    }
  }

  @Test func slowUploadsLeaveOneThread() {
    let gate = UploadGate(threads: 3, seconds: .seconds(60), patience: .zero)
    #expect(nested(2, gate) == nil)
    #expect(nested(3, gate) == 503)
    // All have left again.
    #expect(nested(2, gate) == nil)
  }

  @Test func shortUploadsAreNotLimited() {
    let gate = UploadGate(threads: 3, seconds: .seconds(60), patience: .seconds(60))
    #expect(nested(20, gate) == nil)
  }

  @Test func aRefusalHasRetryAfter() throws {
    let gate = UploadGate(threads: 1, seconds: .seconds(60), patience: .zero)
    let problem = try gate.admit { _ -> Problem? in
      do {
        try gate.admit { _ in }
        return nil
      } catch {
        return error as? Problem
      }
    }
    #expect(problem?.headers.contains { $0.name == "Retry-After" } == true)
  }

  @Test func filesAfterTheTimeLimitAreReportedAndAcceptedLater() throws {
    let site = try TestSite(settings: ["ASSAY_UPLOAD_SECONDS": "0"])
    let customer = try site.person(.customer)
    let path = try "/requests/\(site.request(by: customer))/uploads"
    let files = (0..<3).map { ("\($0).png", Pictures.png(seed: $0)) }
    // The first file is always examined, so a client that repeats the rest makes progress.
    for count in stride(from: 3, through: 1, by: -1) {
      let answer = try site.send("POST", path, as: customer, form: Form(files.suffix(count)))
      #expect(answer.status == 200)
      #expect(try answer.json["uploaded"].int == 1)
      let errors = try answer.json["errors"].elements
      #expect(
        try errors.map { try $0["reason"].string } == Array(repeating: later, count: count - 1))
    }
    #expect(try site.send("GET", path, as: customer).json.elements.count == 3)
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  @Test func announcedFilesAfterTheTimeLimitStayOpen() throws {
    let site = try TestSite(settings: ["ASSAY_UPLOAD_SECONDS": "0"])
    let customer = try site.person(.customer)
    let request = try site.request(by: customer)
    let announced = (0..<2).map { #"{"filename": "\#($0).png", "content_type": "image/png"}"# }
    let tickets = try site.send(
      "POST", "/uploads/presign", as: customer,
      json: #"{"request_id": "\#(request)", "files": [\#(announced.joined(separator: ","))]}"#)
    let keys = try tickets.json["uploads"].elements.map { try $0["key"].string }
    for (index, key) in keys.enumerated() {
      let path = "\(site.site.config.store)/incoming/\(key)"
      try Files.write(path, Pictures.png(seed: UInt64(index)))
    }
    let sent = keys.map { #"{"key": "\#($0)"}"# }.joined(separator: ",")
    let json = #"{"request_id": "\#(request)", "uploaded": [\#(sent)]}"#
    let first = try site.send("POST", "/uploads/complete", as: customer, json: json)
    #expect(first.status == 400)
    #expect(try first.detail.contains(later))
    #expect(try site.send("POST", "/uploads/complete", as: customer, json: json).status == 200)
  }

  @Test func aMissingDecoderIs503() throws {
    let site = try TestSite(settings: ["ASSAY_DECODE": "/bin/true"])
    let customer = try site.person(.customer)
    let answer = try site.send(
      "POST", "/requests/\(site.request(by: customer))/uploads", as: customer,
      form: Form([("a.png", Pictures.png(seed: 1))]))
    #expect(answer.status == 503)
    #expect(answer.headers["Retry-After"] != nil)
  }
}
