import Assay
import HTTP
import Support
import Testing
import Web

@Suite("GET /admin/reports, GET /requests/{request}/reports")
struct ListReportsTests {
  private let pool: ReportedPool
  private let task: String
  private let labeler: Person
  private var site: TestSite { pool.site }
  init() throws {
    pool = try ReportedPool(pictures: 3, perTask: 3)
    task = try pool.tasks()[at: 0]
    labeler = try pool.site.person(.labeler)
  }

  private var lists: [(path: String, person: Person)] {
    [("/admin/reports", pool.admin), ("/requests/\(pool.request)/reports", pool.customer)]
  }

  private func ids(_ path: String, _ person: Person) throws -> [String] {
    let answer = try site.send("GET", path, as: person)
    #expect(answer.status == 200)
    return try answer.json.elements.map { try $0["id"].string }
  }

  @Test func aRowSaysWhatWasReported() throws {
    let report = try site.send(
      "POST", "/tasks/report", as: labeler,
      json: """
        {"task_id": "\(task)", "image_id": "\(pool.images[1])", "reason": "Dark", "details": "x"}
        """
    ).json["report_id"].string
    // The reporter is in no project of the customer; the name is shown nevertheless.
    for (path, person) in lists {
      let answer = try site.send("GET", path, as: person)
      #expect(answer.status == 200)
      #expect(
        answer.keys == [
          "id", "request_id", "task_id", "image_id", "image_url", "filename", "images_count",
          "reporter", "reason", "details", "status", "created_at", "decided_at", "decided_by",
        ])
      let row = try answer.json[0]
      #expect(try row["id"].string == report)
      #expect(try row["request_id"].string == pool.request)
      #expect(try row["task_id"].string == task)
      #expect(try row["image_id"].string == pool.images[1])
      #expect(try row["image_url"].string.contains("/media/"))
      #expect(try row["filename"].string == "1.png")
      #expect(try row["images_count"].int == 1)
      #expect(try row["reporter"].string == labeler.username)
      #expect(try row["reason"].string == "Dark")
      #expect(try row["details"].string == "x")
      #expect(try row["status"].string == "open")
      #expect(try isTime(row["created_at"].string))
      #expect(try row["decided_at"] == .null)
      #expect(try row["decided_by"] == .null)
    }
  }

  @Test func aRowOfAWholeTaskNamesNoPicture() throws {
    _ = try pool.reported(task, by: labeler)
    for (path, person) in lists {
      let row = try site.send("GET", path, as: person).json[0]
      for name in ["image_id", "image_url", "filename", "details"] {
        #expect(try row[name] == .null)
      }
      #expect(try row["images_count"].int == 3)
    }
  }

  @Test func aDecidedReportNamesItsDecider() throws {
    let report = try pool.reported(task, by: labeler)
    #expect(
      try site.send("POST", "/admin/reports/\(report)/dismiss", as: pool.admin).status == 200)
    for (path, person) in lists {
      let row = try site.send("GET", path, as: person).json[0]
      #expect(try row["status"].string == "dismissed")
      #expect(try row["decided_by"].string == pool.admin.username)
      #expect(try isTime(row["decided_at"].string))
    }
  }

  @Test func reportsAreListedByState() throws {
    try pool.claim(task, by: labeler)
    let made = try (pool.images.map(\.self) + [nil]).map {
      try pool.reported(task, $0, by: labeler)
    }
    try #require(made.count == 4)
    try pool.decide(made[0], "uphold")
    try pool.decide(made[1], "dismiss")
    for (path, person) in lists {
      #expect(try ids(path, person) == made.reversed())
      #expect(try ids("\(path)?state=open", person) == [made[3], made[2]])
      #expect(try ids("\(path)?state=upheld", person) == [made[0]])
      #expect(try ids("\(path)?state=dismissed", person) == [made[1]])
      let bad = try site.send("GET", "\(path)?state=done", as: person)
      #expect(bad.status == 400)
      #expect(try bad.detail == "state must be one of open, upheld, dismissed.")
    }
  }

  @Test func theNextPageHasTheSameState() throws {
    try pool.claim(task, by: labeler)
    for image in pool.images { try pool.report(task, image, by: labeler) }
    for (path, person) in lists {
      let all = try ids("\(path)?state=open", person)
      let first = try site.send("GET", "\(path)?state=open&limit=2", as: person)
      let link = try #require(first.headers["Link"])
      let next = String(link.dropFirst().prefix { $0 != ">" })
      #expect(next.contains("state=open"))
      #expect(try ids(next, person) == all.suffix(1))
    }
  }

  @Test func aCustomerSeesOwnReports() throws {
    try pool.report(task, by: labeler)
    let other = try site.person(.customer)
    let own = try site.request(by: other)
    #expect(try ids("/requests/\(own)/reports", other) == [])
    try expectHidden(
      site, "GET", { "/requests/\($0)/reports" }, foreign: pool.request, as: other)
    let sibling = try site.request(by: pool.customer)
    #expect(try ids("/requests/\(sibling)/reports", pool.customer) == [])
    #expect(try ids("/requests/\(pool.request)/reports", pool.admin).count == 1)
  }

  @Test func otherRolesAreRefused() throws {
    try expectGuarded(site, "GET", "/admin/reports", against: pool.customer)
    try expectGuarded(site, "GET", "/requests/\(pool.request)/reports", against: labeler)
  }
}
