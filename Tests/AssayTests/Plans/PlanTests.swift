import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// A request reads few more rows than it returns, on a site with very unequal tenants.
@Suite("Plans")
struct PlanTests {
  private let skewed: SkewedSite
  init() throws { skewed = try SkewedSite() }

  /// Maximum rows of all tables that may be read per returned row.
  private static let perRow = 8
  /// Maximum further rows, for the session, its account and the way to the returned rows.
  private static let besides = 200

  private func expectProportion(
    _ path: String, as person: Person, shows: Int, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let (site, db) = (skewed.site, skewed.site.client.context.db)
    let before = try RowsRead(site, by: db)
    let answer = try site.send("GET", path, as: person)
    let after = try RowsRead(site, by: db)
    let read = after.description(since: before)
    #expect(answer.status == 200, "\(path): \(answer.text)", sourceLocation: location)
    #expect(
      after.scanned(since: before).isEmpty, "\(path) as \(person.username): \(read)",
      sourceLocation: location)
    #expect(
      after.count(since: before) <= shows * Self.perRow + Self.besides,
      "\(path) as \(person.username): \(read)", sourceLocation: location)
    let json = try answer.json
    if case .array(let rows) = json {
      #expect(rows.count == shows, "\(path)", sourceLocation: location)
    } else if case .array(let images)? = try? json["images"] {
      #expect(images.count == shows, "\(path)", sourceLocation: location)
    } else if case .array(let links)? = try? json["links"] {
      #expect(links.count == shows, "\(path)", sourceLocation: location)
    }
  }

  /// One test, because making the site takes longer than all requests.
  @Test func requestsReadOnlyTheRowsTheyNeed() throws {
    try lists()
    try ones()
    try pages()
  }

  private func lists() throws {
    let (hoarder, idler, admin) = (skewed.hoarder, skewed.idler, skewed.admin)
    try expectProportion("/requests", as: hoarder, shows: 321)
    try expectProportion("/requests?limit=20", as: hoarder, shows: 20)
    try expectProportion("/requests", as: idler, shows: 60)
    try expectProportion("/requests", as: skewed.beginner, shows: 1)
    try expectProportion("/requests?limit=50", as: admin, shows: 50)
    try expectProportion("/admin/requests?limit=50", as: admin, shows: 50)
    try expectProportion("/admin/tasks?limit=50", as: admin, shows: 50)
    try expectProportion("/admin/audit?limit=5", as: admin, shows: 5)
    try expectProportion("/admin/users?limit=5", as: admin, shows: 5)
    try expectProportion("/tasks?limit=50", as: skewed.labeler, shows: 50)
    try expectProportion("/auth/sessions?limit=20", as: idler, shows: 20)
    for list in ["uploads", "qc/results", "labels"] {
      for project in [SkewedSite.large, SkewedSite.middle] {
        let path = "/requests/\(SkewedSite.project(project))/\(list)?limit=20"
        try expectProportion(path, as: hoarder, shows: 20)
      }
      let empty = "/requests/\(SkewedSite.project(SkewedSite.empty))/\(list)"
      try expectProportion(empty, as: hoarder, shows: 0)
      let small = "/requests/\(SkewedSite.project(SkewedSite.small))/\(list)"
      try expectProportion(small, as: skewed.beginner, shows: 20)
    }
  }

  private func ones() throws {
    let task = "/tasks/\(SkewedSite.task(SkewedSite.large, 7))"
    try expectProportion(task, as: skewed.labeler, shows: 10)
    let images = try skewed.site.send("GET", task, as: skewed.labeler).json["images"].elements
    let ids = try images.prefix(3).map { try $0["image_id"].string }.joined(separator: ",")
    try expectProportion("\(task)/links?image_id=\(ids)", as: skewed.labeler, shows: 3)
    for (project, person) in [
      (SkewedSite.empty, skewed.hoarder), (SkewedSite.small, skewed.beginner),
    ] {
      let path = "/requests/\(SkewedSite.project(project))"
      try expectProportion(path, as: person, shows: 20)
      try expectProportion("\(path)/qc", as: person, shows: 1)
      try expectProportion("\(path)/qc/clusters", as: person, shows: 0)
    }
  }

  private func pages() throws {
    let user = try skewed.site.send("GET", "/auth/me", as: skewed.beginner).json["id"].string
    try expectProportion("/api/files/\(user)", as: skewed.beginner, shows: 20)
    let page = try skewed.site.send("GET", "/api/organizations", as: skewed.idler).json
    guard let own = try page["organizations"].elements.first else {
      throw Missing(description: "no organization")
    }
    try expectProportion("/api/organizations", as: skewed.idler, shows: 1)
    let path = try "/api/organizations/\(own["id"].string)"
    for part in ["", "/members", "/invitations"] {
      try expectProportion(path + part, as: skewed.idler, shows: 1)
    }
    let project = SkewedSite.project(SkewedSite.large)
    try expectProportion("/api/projects/\(project)/members", as: skewed.hoarder, shows: 1)
    try expectProportion("/api/v1/api-keys", as: skewed.idler, shows: 1)
    try expectProportion("/api/v1/users?size=5", as: skewed.admin, shows: 5)
  }
}
