import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// A labeler sees the tasks of pools, but no organization before a claim.
@Suite struct PoolScopeTests {
  private let site: TestSite
  private let labeler: Person
  private let (one, other): (OpenedRequest, OpenedRequest)
  init() throws {
    site = try TestSite()
    labeler = try site.person(.labeler)
    one = try OpenedRequest(site, pictures: 1)
    other = try OpenedRequest(site, pictures: 1)
  }

  /// The requests whose rows the labeler's requests see in a table.
  private func seen(_ table: String) throws -> Set<String> {
    _ = try site.send("GET", "/tasks", as: labeler)
    return Set(
      try site.client.context.db.all("select project_id::text from \(unsafeRaw: table)") {
        row throws(PostgresError) in try row.next(String.self)
      })
  }

  private static let tables = [
    "project", "item", "task", "assignment", "label_schema", "pool", "pool_item", "claim",
    "annotation", "item_label",
  ]

  @Test func thePoolShowsTasksAndNoRows() throws {
    let tasks = try site.send("GET", "/tasks", as: labeler).json.elements
    #expect(try Set(tasks.map { try $0["request_id"].string }) == [one.request, other.request])
    for task in tasks {
      #expect(try site.send("GET", "/tasks/\(task["id"].string)", as: labeler).status == 200)
    }
    for table in Self.tables { #expect(try seen(table) == [], "\(table)") }
  }

  @Test func aClaimOpensItsProjectOnly() throws {
    try one.submit(one.claim(labeler), as: labeler)
    for table in Self.tables.dropLast() {
      #expect(try seen(table) == [one.request], "\(table)")
    }
    for path in ["labels", "pool", "uploads"] {
      let answer = try site.send("GET", "/requests/\(one.request)/\(path)", as: labeler)
      #expect(answer.status == 403)
    }
  }

  @Test func aPictureOfAnotherTaskIsNotCounted() throws {
    _ = try one.claim(labeler)
    _ = try site.send("GET", "/tasks", as: labeler)
    try site.client.context.db.run(
      """
      select count_answers(
        (select assignment_id from assignment), array[\(other.images[0])]::uuid[],
        array[1]::real[], null)
      """)
    #expect(try other.slots() == ["open 0 0 of 3"])
    #expect(try one.slots() == ["open 0 1 of 3"])
  }

  @Test func theServiceWritesNoPointsByItself() throws {
    _ = try one.claim(labeler)
    _ = try site.send("GET", "/tasks", as: labeler)
    let refused = refusal(
      site.client.context.db,
      """
      insert into points_entry (account_id, kind, points) values (scope_account(), 'settled', 1000)
      """)
    #expect(refused == "42501")
  }

  @Test func nobodySeesAnAnswerThatOthersGave() throws {
    let task = try one.claim(labeler)
    try one.submit(task, as: labeler, #"{"label": "dog"}"#)
    let second = try site.person(.labeler)
    let shown = try site.send("GET", "/tasks/\(task)", as: second)
    let claimed = try one.next(second)
    for answer in [shown, claimed] {
      #expect(answer.status == 200)
      #expect(try answer.json["images"][0]["labels"] == .null)
      #expect(!answer.text.contains("dog\"]") || answer.text.contains(#"["cat","dog"]"#))
    }
  }
}
