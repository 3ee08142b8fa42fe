import Assay
import Cryptography
import HTTP
import Postgres
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

  /// Each new row takes a while, so that two transactions in different orders would meet.
  private func slowDown(_ table: String) throws {
    try site.owner().script(
      """
      create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.02); return new; end $$;
      create trigger slow before insert on \(table) for each row execute function slow()
      """)
  }

  /// Transactions are repeated after a deadlock, so the answers do not show it.
  @Test(arguments: ["blob", "item"]) func rowsAreWrittenInOneOrder(table: String) throws {
    let lines = (0..<8).map { "text \($0)\n" }
    func form(_ lines: [String]) -> Form {
      Form([(name: "a.txt", bytes: Array(lines.joined().utf8))])
    }
    let (customer, path) = (customer, "/api/upload?project=\(request)")
    if table == "item" {
      // The bytes are known from another request, so only the items are new.
      let other = try site.request(by: customer)
      let path = "/api/upload?project=\(other)"
      #expect(try site.send("POST", path, as: customer, form: form(lines)).status == 201)
    }
    try slowDown(table)
    let forms = [form(lines), form(lines.reversed())]
    let statuses = try site.race(2) { client, index in
      try client.send("POST", path, as: customer, form: forms[index]).status
    }
    #expect(statuses == [201, 201])
    #expect(try site.deadlocks() == 0)
  }
}
