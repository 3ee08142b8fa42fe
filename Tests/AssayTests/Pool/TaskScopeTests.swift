import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// The scopes and pages of a labeler's list of tasks.
@Suite struct TaskScopeTests {
  private let site: TestSite
  private let work: Commission
  private let opened: OpenedRequest
  init() throws {
    site = try TestSite()
    work = try Commission(site, pictures: 1)
    opened = try OpenedRequest(site, pictures: 60, settings: #"{"items_per_task": 1}"#)
  }

  private func list(_ query: String) throws -> [(id: String, scope: String)] {
    let answer = try site.send("GET", "/tasks\(query)", as: work.labeler)
    #expect(answer.status == 200)
    return try answer.json.elements.map {
      (id: try $0["id"].string, scope: try $0["scope"].string)
    }
  }

  @Test func ownTasksComeFirst() throws {
    let claimed = try opened.claim(work.labeler)
    let all = try list("")
    #expect(all.count == 52)
    #expect(all.prefix(2).map(\.id) == [claimed, work.task])
    #expect(all.dropFirst(2).allSatisfy { $0.scope == "open" })
    #expect(!all.dropFirst(2).contains { $0.id == claimed })
    #expect(try list("?scope=assigned").map(\.id) == [claimed, work.task])
    #expect(try list("?scope=open").map(\.id) == all.dropFirst(2).map(\.id))
  }

  @Test func aClaimedTaskIsListedAsItIsShown() throws {
    let claimed = try opened.claim(work.labeler)
    let row = try site.send("GET", "/tasks?scope=assigned", as: work.labeler).json[0]
    let shown = try site.send("GET", "/tasks/\(claimed)", as: work.labeler).json
    for name in ["answer", "points", "description", "lease_expires_at"] {
      #expect(try row[name] != .null)
      #expect(try row[name] == shown[name])
    }
  }

  @Test func theLinkToTheNextPageKeepsTheScope() throws {
    let answer = try site.send("GET", "/tasks?scope=open&limit=1", as: work.labeler)
    let last = try answer.json[0]["id"].string
    let link = answer.headers["Link"]
    #expect(link == "</tasks?scope=open&limit=1&after=\(last)>; rel=\"next\"")
  }

  @Test func pagesReachAllOpenTasks() throws {
    var (ids, after) = ([String](), "")
    while true {
      let page = try list("?limit=7\(after)")
      ids += page.map(\.id)
      guard page.count == 7, let last = page.last else { break }
      after = "&after=\(last.id)"
    }
    #expect(ids.count == 61)
    #expect(Set(ids).count == 61)
    #expect(ids.first == work.task)
  }

  @Test func pagesMergeTheTasksOfManyRequests() throws {
    let others = try (0..<3).map { _ in
      try OpenedRequest(site, pictures: 1, settings: #"{"items_per_task": 1}"#)
    }
    for _ in 0..<3 {
      for other in others { try other.addPictures(1) }
    }
    var (ids, after) = ([String](), "")
    while true {
      let page = try list("?scope=open&limit=2\(after)")
      ids += page.map(\.id)
      guard let last = page.last else { break }
      after = "&after=\(last.id)"
    }
    #expect(ids.count == 72)
    #expect(ids == ids.sorted(by: >))
    #expect(Set(ids).count == 72)
    try site.owner().run(
      "update pool set state = 'closed' where project_id = \(others[at: 1].request)::uuid")
    #expect(try list("?scope=open&limit=100").count == 68)
  }

  @Test func anUnknownScopeIsRefused() throws {
    let answer = try site.send("GET", "/tasks?scope=mine", as: work.labeler)
    #expect(answer.status == 400)
    #expect(try answer.detail == "scope must be one of assigned, open, all.")
  }
}
