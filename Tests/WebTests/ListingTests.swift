import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Lists")
struct ListingTests {
  private let site: TestSite
  private let customer: Person
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
  }

  /// Makes `count` more requests for the customer.
  private func fill(_ count: Int) throws {
    try site.owner().run(
      """
      insert into project (project_id, organization_id, title, description, created_by)
      select uuid_v7(), organization_id, 'Request ' || number, '', account_id
      from membership, generate_series(1, \(count)::int) as number
      """)
  }

  private func ids(_ answer: Answer) throws -> [String] {
    try answer.json.elements.map { try $0["id"].string }
  }

  private func pages(of limit: Int) throws -> [String] {
    var (all, path): ([String], String?) = ([], "/requests?limit=\(limit)")
    while let next = path {
      let answer = try site.send("GET", next, as: customer)
      #expect(answer.status == 200)
      let page = try ids(answer)
      all += page
      let link = answer.headers["Link"]
      #expect(page.count == limit || link == nil)
      if let link { #expect(link.hasPrefix("</") && link.hasSuffix(">; rel=\"next\"")) }
      path = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
    }
    return all
  }

  @Test func aLongListIsStreamedCompletely() throws {
    var filled = 0
    // Lists are read in pieces of 1000 rows: none, one row, almost one piece, one, one and a row,
    // two.
    for count in [0, 1, 999, 1000, 1001, 2000] {
      try fill(count - filled)
      filled = count
      let answer = try site.send("GET", "/requests", as: customer)
      #expect(answer.status == 200)
      #expect(answer.headers["Link"] == nil)
      #expect(answer.headers["Content-Type"] == "application/json")
      let all = try ids(answer)
      #expect(all.count == count)
      #expect(Set(all).count == count)
      #expect(all == all.sorted(by: >))
    }
    #expect(try pages(of: 700) == ids(site.send("GET", "/requests", as: customer)))
  }

  @Test func allPagesTogetherAreTheList() throws {
    try fill(6)
    let all = try ids(site.send("GET", "/requests", as: customer))
    #expect(all.count == 6)
    for limit in [1, 2, 3, 5, 6, 1000] { #expect(try pages(of: limit) == all) }
  }

  @Test func aListCanBeginAfterARow() throws {
    try fill(5)
    let all = try ids(site.send("GET", "/requests", as: customer))
    let rest = try site.send("GET", "/requests?after=\(all[1])", as: customer)
    #expect(try ids(rest) == Array(all[2...]))
    let end = try site.send("GET", "/requests?after=\(all[4])&limit=3", as: customer)
    #expect(end.text == "[]")
    #expect(end.headers["Link"] == nil)
  }

  @Test func anInvalidLimitIsRefused() throws {
    for limit in ["0", "-1", "1001", "x", "", "1.5", "9223372036854775808", "1%20", "0x1"] {
      let answer = try site.send("GET", "/requests?limit=\(limit)", as: customer)
      #expect(answer.status == 400, "\(limit)")
      #expect(try answer.detail == "limit must be a whole number from 1 to 1000.")
    }
  }

  @Test func anInvalidAfterIsRefused() throws {
    for after in ["", "x", "1", "00000000-0000-7000-8000-00000000000"] {
      let answer = try site.send("GET", "/requests?after=\(after)", as: customer)
      #expect(answer.status == 400, "\(after)")
      #expect(try answer.detail == "after must be the id of an entry of the list.")
    }
    for after in ["%00", "%FF", "%"] {
      let answer = try site.send("GET", "/requests?after=\(after)", as: customer)
      #expect(answer.status == 400, "\(after)")
      #expect(try answer.detail.contains("query string"))
    }
  }
}
