import Assay
import Cryptography
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("Quotas")
struct QuotaTests {
  private let shelf: Shelf
  private let one = Pictures.png(seed: 1)
  private let two = Pictures.png(seed: 2)
  init() throws { shelf = try Shelf() }

  private func limit(bytes: Int?, items: Int? = nil) throws {
    try Quota.set(
      bytes: bytes.map { .most($0) } ?? .unlimited, items: items.map { .most($0) } ?? .unlimited,
      of: .account(shelf.customer.username), shelf.owner)
  }

  private func usage() throws -> [Int] {
    let quota = try Quota(of: .account(shelf.customer.username), shelf.owner)
    return [quota.usedBytes, quota.usedItems]
  }

  @Test func anUploadBeyondTheQuotaIs413WithTheRemainingSpace() throws {
    try limit(bytes: one.count + 10)
    let path = "/requests/\(shelf.request)/uploads"
    let answer = try shelf.site.send(
      "POST", path, as: shelf.customer, form: Form([("1.png", one), ("2.png", two)]))
    #expect(answer.status == 413)
    #expect(try answer.detail.contains("\(one.count + 10) more bytes"))
    #expect(try usage() == [0, 0])
    let fits = try shelf.site.send(
      "POST", path, as: shelf.customer, form: Form([("1.png", one)]))
    #expect(fits.status == 200)
    let over = try shelf.site.send("POST", path, as: shelf.customer, form: Form([("2.png", two)]))
    #expect(over.status == 413)
    #expect(try over.detail.contains("10 more bytes"))
    #expect(try usage() == [one.count, 1])
  }

  @Test func aCompletionBeyondTheQuotaIs413AndCanBeRepeated() throws {
    let ticket = try shelf.site.send(
      "POST", "/uploads/presign", as: shelf.customer,
      json: """
        {"request_id": "\(shelf.request)",
         "files": [{"filename": "a.png", "content_type": "image/png"}]}
        """)
    let key = try ticket.json["uploads"][0]["key"].string
    try Files.write("\(shelf.site.site.config.store)/incoming/\(key)", one)
    try limit(bytes: 100)
    func complete() throws -> Answer {
      try shelf.site.send(
        "POST", "/uploads/complete", as: shelf.customer,
        json: #"{"request_id": "\#(shelf.request)", "uploaded": [{"key": "\#(key)"}]}"#)
    }
    let answer = try complete()
    #expect(answer.status == 413)
    #expect(try answer.detail.contains("100 more bytes"))
    #expect(try usage() == [0, 0])
    try limit(bytes: nil)
    #expect(try complete().status == 200)
    #expect(try usage() == [one.count, 1])
  }

  @Test func anImportReportsTheQuota() throws {
    try limit(bytes: nil, items: 1)
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    for (name, bytes) in [("1.png", one), ("2.png", two)] {
      try Files.write("\(folder.path)/\(name)", bytes)
    }
    let importer = try Importer(
      shelf.site.site, project: shelf.request, database: shelf.site.database)
    #expect(throws: Never.self) { _ = try importer.take(HostPath("\(folder.path)/1.png")) }
    let refusal = #expect(throws: Importer.Refusal.self) {
      try importer.take(HostPath("\(folder.path)/2.png"))
    }
    #expect(refusal?.description.contains("0 more images") == true)
    #expect(try usage() == [one.count, 1])
  }

  @Test func onlyOneOfTwoUploadsThatFitAloneIsAccepted() throws {
    try limit(bytes: one.count + two.count - 1)
    let (request, customer, pictures) = (shelf.request, shelf.customer, [one, two])
    let statuses = try shelf.site.race(2) { client, index in
      try client.send(
        "POST", "/api/upload?project=\(request)", as: customer,
        form: Form([(name: "a.png", bytes: pictures[index])])
      ).status
    }
    #expect(statuses.sorted() == [201, 413])
    #expect(try usage() == [one.count, 1])
    #expect(try shelf.findings() == [])
  }

  @Test func countersFollowDeletionsAndCopies() throws {
    let second = try shelf.site.request(by: shelf.customer)
    let files = try [shelf.upload(one), shelf.upload(one, to: second), shelf.upload(two)]
    #expect(try usage() == [one.count + two.count, 3])
    #expect(try shelf.delete(files[0]).status == 200)
    #expect(try usage() == [one.count + two.count, 2])
    #expect(try shelf.delete(files[1]).status == 200)
    #expect(try usage() == [two.count, 1])
    try shelf.upload(one)
    #expect(try usage() == [one.count + two.count, 2])
    #expect(try shelf.findings() == [])
  }

  @Test func aQuotaMayBeFilledToItsLastByteAndItem() throws {
    try limit(bytes: one.count + two.count, items: 2)
    #expect(try shelf.send(one).status == 201)
    #expect(try shelf.send(two).status == 201)
    #expect(try usage() == [one.count + two.count, 2])
    let full = try shelf.send(Pictures.png(seed: 3))
    #expect(full.status == 413)
    #expect(try full.detail.contains("0 more bytes"))
    try limit(bytes: nil, items: 2)
    let over = try shelf.send(Pictures.png(seed: 3))
    #expect(over.status == 413)
    #expect(try over.detail.contains("0 more images"))
    // Files that are already stored need no space.
    #expect(try shelf.send(one).status == 201)
    let file = try shelf.upload(two)
    #expect(try shelf.delete(file).status == 200)
    try limit(bytes: one.count + two.count - 1)
    #expect(try shelf.send(two).status == 413)
    try limit(bytes: one.count + two.count)
    #expect(try shelf.send(two).status == 201)
  }

  /// A deleted item that is sent again is checked like a new one.
  @Test func twoRestoredItemsAtOnceCannotExceedTheQuota() throws {
    let files = try [shelf.upload(one), shelf.upload(two)]
    for file in files { #expect(try shelf.delete(file).status == 200) }
    try limit(bytes: nil, items: 1)
    let (request, customer, pictures) = (shelf.request, shelf.customer, [one, two])
    let statuses = try shelf.site.race(2) { client, index in
      try client.send(
        "POST", "/requests/\(request)/uploads", as: customer,
        form: Form([(name: "a.png", bytes: pictures[index])])
      ).status
    }
    #expect(statuses.sorted() == [200, 413])
    #expect(try shelf.findings() == [])
  }

  @Test func everyItemOfTextsAndArchivesCounts() throws {
    try limit(bytes: nil, items: 3)
    let path = "/api/upload?project=\(shelf.request)"
    let texts = try shelf.site.send(
      "POST", path, as: shelf.customer, form: Form([("a.txt", Array("a\nb\nc\nd\n".utf8))]))
    #expect(texts.status == 413)
    let files = (1...3).map { Zip.File("\($0).png", Pictures.png(seed: $0)) }
    let (request, customer) = (shelf.request, shelf.customer)
    let archives = [Zip(Array(files[..<2])).bytes, Zip(Array(files[1...])).bytes]
    try limit(bytes: nil, items: 2)
    let statuses = try shelf.site.race(2) { client, index in
      try client.send(
        "POST", "/api/upload?project=\(request)", as: customer,
        form: Form([(name: "a.zip", bytes: archives[index])])
      ).status
    }
    #expect(statuses.sorted() == [201, 413])
    #expect(try usage()[at: 1] == 2)
  }

  @Test func aQuotaAppliesToOneExistingOrganization() throws {
    let labeler = try shelf.site.person(.labeler)
    for id in ["no id", unknownID] {
      #expect(throws: Quota.Refusal.self) { try Quota(of: .organization(id), shelf.owner) }
    }
    #expect(throws: Quota.Refusal.self) {
      try Quota.set(bytes: .most(1), items: nil, of: .account(labeler.username), shelf.owner)
    }
    try limit(bytes: 1)
    #expect(try Shelf(shelf.site).send(one).status == 201)
  }
}
