import Assay
import Cryptography
import HTTP
import Site
import Support
import Testing
import Web

@Suite("Concurrent uploads")
struct UploadRaceTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  @Test func concurrentEqualFilesMakeOneItem() throws {
    let picture = Pictures.png(seed: 1)
    let (customer, path) = (customer, "/requests/\(request)/uploads")
    let counts = try site.race(8) { client, index in
      let answer = try client.send(
        "POST", path, as: customer, form: Form([("\(index).png", picture)]))
      #expect(answer.status == 200)
      return [try answer.json["uploaded"].int, try answer.json["skipped"].int]
    }
    #expect(counts.map { $0[0] }.reduce(0, +) == 1)
    #expect(counts.map { $0[1] }.reduce(0, +) == 7)
    #expect(try site.send("GET", path, as: customer).json.elements.count == 1)
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
    let name = Hex.encode(SHA256.digest(picture))
    let blob = "\(site.site.config.store)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
    #expect(try Files.bytes(blob) == picture)
  }

  @Test func uploadsInAnyOrderDoNotDeadlock() throws {
    let pictures = (0..<6).map { (name: "\($0).png", bytes: Pictures.png(seed: $0)) }
    let (customer, path) = (customer, "/requests/\(request)/uploads")
    let uploaded = try site.race(4) { client, index in
      let turned = Array(pictures[index...] + pictures[..<index])
      let order = index.isMultiple(of: 2) ? turned : turned.reversed()
      let answer = try client.send("POST", path, as: customer, form: Form(order))
      #expect(answer.status == 200)
      return try answer.json["uploaded"].int
    }
    #expect(uploaded.reduce(0, +) == 6)
    #expect(try site.send("GET", path, as: customer).json.elements.count == 6)
  }
}
