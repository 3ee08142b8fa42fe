import Assay
import HTTP
import Postgres
import Site
import Support
import Testing

@Suite("Announced uploads and the quota") struct AnnouncedQuotaTests {
  private let shelf: Shelf
  private let picture = Pictures.png(seed: 1)
  init() throws { shelf = try Shelf() }

  private func limit(bytes: Int? = nil, items: Int? = nil) throws {
    try Quota.set(
      bytes: bytes.map { .most($0) } ?? .unlimited, items: items.map { .most($0) } ?? .unlimited,
      of: .account(shelf.customer.username), shelf.owner)
  }

  private func word(_ sizes: [Int?]) -> String {
    let files = sizes.map { size in
      let size = size.map { #", "size": \#($0)"# } ?? ""
      return #"{"filename": "a.png", "content_type": "image/png"\#(size)}"#
    }
    return #"{"request_id": "\#(shelf.request)", "files": [\#(files.joined(separator: ","))]}"#
  }

  private func announce(_ sizes: [Int?]) throws -> Answer {
    try shelf.site.send("POST", "/uploads/presign", as: shelf.customer, json: word(sizes))
  }

  private func keys(_ sizes: [Int?]) throws -> [String] {
    try announce(sizes).json["uploads"].elements.map { try $0["key"].string }
  }

  private func put(_ bytes: [UInt8], at key: String) throws {
    try Files.write("\(shelf.site.site.config.store)/incoming/\(key)", bytes)
  }

  private func completion(_ key: String) -> String {
    #"{"request_id": "\#(shelf.request)", "uploaded": [{"key": "\#(key)"}]}"#
  }

  private func complete(_ key: String) throws -> Int {
    try shelf.site.send(
      "POST", "/uploads/complete", as: shelf.customer, json: completion(key)
    ).status
  }

  private func expire(_ hours: Int) throws {
    try shelf.owner.run(
      "update upload set expires_at = now() - \(hours)::int * interval '1 hour'")
  }

  private func sweep() throws {
    let sweeper = Sweeper(shelf.site.site)
    try sweeper.sweep(shelf.site.connection(as: .worker))
  }

  @Test func announcedUploadsFillTheQuotaExactly() throws {
    try limit(bytes: 1000)
    #expect(try announce([400, 601]).status == 413)
    #expect(try announce([400, 600]).status == 200)
    let refused = try announce([1])
    #expect(refused.status == 413)
    #expect(try refused.detail == "The organization can store 0 more bytes; this request needs 1.")
    try limit(items: 3)
    #expect(try announce([1]).status == 200)
    #expect(try announce([1]).status == 413)
  }

  @Test func aFileWithoutASizeCountsWithTheMaximum() throws {
    let most = 20 << 20
    try limit(bytes: 2 * most - 1)
    #expect(try announce([nil]).status == 200)
    let refused = try announce([nil])
    #expect(refused.status == 413)
    #expect(
      try refused.detail.hasSuffix("A file without a size counts with the maximum size."))
    #expect(try announce([most - 1]).status == 200)
  }

  @Test(arguments: [0, -1, 20_971_521, 1 << 41]) func aBadSizeIs400(size: Int) throws {
    let answer = try announce([size])
    #expect(answer.status == 400)
    #expect(try answer.detail.hasPrefix("files"), "\(answer.text)")
  }

  @Test func sendingMoreThanAnnouncedIsRefused() throws {
    let url = try announce([100]).json["uploads"][0]["url"].string
    let target = try "/incoming" + url.split(separator: "/incoming", maxSplits: 1)[at: 1]
    let statuses = try ["100", "101"].map { length in
      try shelf.site.send(
        "PUT", target, headers: ["UPLOAD_TYPE": "image/png", "UPLOAD_LENGTH": length]
      ).status
    }
    #expect(statuses == [204, 403])
  }

  @Test func otherUploadsHaveTheRemainingRoom() throws {
    let other = Pictures.png(seed: 2)
    try limit(bytes: picture.count + other.count)
    let key = try keys([picture.count + 1])[at: 0]
    let refused = try shelf.send(other)
    #expect(refused.status == 413)
    #expect(
      try refused.detail.hasSuffix(
        "Announced uploads that are not completed have \(picture.count + 1) bytes."))
    try limit(bytes: picture.count + 1 + other.count)
    #expect(try shelf.send(other).status == 201)
    // There is room for the announced file.
    try put(picture, at: key)
    #expect(try complete(key) == 200)
    #expect(try Quota(of: .account(shelf.customer.username), shelf.owner).announcedBytes == 0)
  }

  @Test func announcedUploadsCountUntilTheyExpire() throws {
    try limit(bytes: 1000)
    let keys = try keys([500, 500])
    try put([1, 2, 3], at: keys[0])
    // The address has expired, but its bytes are still there.
    try expire(2)
    #expect(try announce([501]).status == 413)
    try sweep()
    // No byte arrived at the other address, so it is given up before the day is over.
    #expect(try announce([501]).status == 413)
    #expect(try announce([500]).status == 200)
    try expire(25)
    try sweep()
    #expect(try announce([1000]).status == 200)
    #expect(try complete(keys[1]) == 400)
  }

  @Test func aRejectedUploadDoesNotCount() throws {
    try limit(bytes: 1000)
    let key = try keys([1000])[at: 0]
    try put(Array("no picture".utf8), at: key)
    #expect(try complete(key) == 400)
    #expect(try announce([1000]).status == 200)
  }

  @Test func lateFilesAreRemoved() throws {
    let key = try keys([nil])[at: 0]
    try expire(1)
    try sweep()
    try put(picture, at: key)
    try sweep()
    let left = try Files.names(in: shelf.site.site.config.store + "/incoming")
    #expect(left == ["\(key).closed"])
    #expect(try complete(key) == 400)
  }

  @Test func twoAnnouncementsAtOnceCannotExceedTheQuota() throws {
    try limit(bytes: 1999, items: 1000)
    let (customer, word) = (shelf.customer, word([1000]))
    let statuses = try shelf.site.race(2) { client, _ in
      try client.send("POST", "/uploads/presign", as: customer, json: word).status
    }
    #expect(statuses.sorted() == [200, 413])
  }

  @Test func anAnnouncementAndAnUploadAtOnceCannotExceedTheQuota() throws {
    try limit(bytes: picture.count + 99)
    let (customer, request, word, picture) = (shelf.customer, shelf.request, word([100]), picture)
    let statuses = try shelf.site.race(2) { client, index in
      index == 0
        ? try client.send("POST", "/uploads/presign", as: customer, json: word).status
        : try client.send(
          "POST", "/requests/\(request)/uploads", as: customer,
          form: Form([(name: "a.png", bytes: picture)])
        ).status
    }
    #expect(statuses.sorted() == [200, 413])
  }

  /// Each file fits in the quota beside the other announced files, in any order.
  @Test func concurrentCompletionsHaveRoom() throws {
    let pictures = (1...4).map { Pictures.png(seed: UInt64($0)) }
    try limit(bytes: pictures.map(\.count).reduce(0, +), items: 4)
    let keys = try keys(pictures.map(\.count))
    for (key, bytes) in zip(keys, pictures) { try put(bytes, at: key) }
    let (customer, words) = (shelf.customer, keys.map(completion))
    let statuses = try shelf.site.race(4) { client, index in
      try client.send("POST", "/uploads/complete", as: customer, json: words[index]).status
    }
    #expect(statuses == [200, 200, 200, 200])
    #expect(try shelf.send(Pictures.png(seed: 9)).status == 413)
    #expect(try shelf.findings() == [])
  }
}
