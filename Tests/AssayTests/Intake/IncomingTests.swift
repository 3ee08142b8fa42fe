import Assay
import HTTP
import Support
import Testing
import Web

/// nginx asks this before it reads the bytes of an announced file.
@Suite("PUT /incoming/{upload}")
struct IncomingTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  /// The signed address of an announced PNG file of 100 bytes, without the host.
  private func address() throws -> String {
    let announced = try site.send(
      "POST", "/uploads/presign", as: customer,
      json: """
        {"request_id": "\(request)",
         "files": [{"filename": "a.png", "content_type": "image/png", "size": 100}]}
        """)
    let url = try announced.json["uploads"][0]["url"].string
    return try "/incoming" + url.split(separator: "/incoming", maxSplits: 1)[at: 1]
  }

  private func ask(_ address: String, type: String = "image/png", length: String = "100") throws
    -> Answer
  {
    try site.send("PUT", address, headers: ["UPLOAD_TYPE": type, "UPLOAD_LENGTH": length])
  }

  @Test func aSignedAddressAcceptsItsFile() throws {
    let answer = try ask(address())
    #expect(answer.status == 204)
    #expect(answer.text.isEmpty)
  }

  @Test func anotherTypeOrSizeIsRefused() throws {
    let address = try address()
    func expect(_ answer: Answer, _ sentence: String, status: Int = 403) throws {
      #expect(answer.status == status)
      #expect(try answer.detail == sentence)
    }
    for type in ["image/jpeg", ""] {
      try expect(
        ask(address, type: type),
        "The Content-Type header must be image/png, as for this address.")
    }
    try expect(
      ask(address, length: "101"),
      "The file is larger than 100 bytes, the maximum of this address.")
    for length in ["-1", "x", ""] {
      try expect(
        ask(address, length: length), "The Content-Length header is missing.", status: 411)
    }
  }

  /// A signature is checked first, so that nothing else of a forged address is answered.
  @Test func aWrongSignatureIsNamed() throws {
    let answer = try ask(address() + "00", type: "image/jpeg", length: "")
    #expect(answer.status == 403)
    #expect(
      try answer.detail
        == "The signature of the address is wrong: send the address unchanged, or request a new one."
    )
  }

  @Test func aChangedAddressIsRefused() throws {
    let address = try address()
    let other = try self.address()
    let (path, query) = (String(address.prefix { $0 != "?" }), String(other.drop { $0 != "?" }))
    let changes: [String] = [
      path, "\(path)\(query)", "\(address)0", "/incoming/\(unknownID)\(query)",
      "/incoming/not-an-id\(query)", "/incoming/..%2Fx\(query)",
    ]
    for changed in changes {
      let answer = try ask(changed)
      #expect([400, 403, 404].contains(answer.status), "\(answer.status) \(changed)")
    }
  }
}
