import Assay
import Cryptography
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /tasks/{task}")
struct ShowTaskTests {
  private let site: TestSite
  private let work: Commission
  init() throws {
    site = try TestSite()
    work = try Commission(site, pictures: 3, classes: ["zebra", "ant", "none of it"])
  }

  private func show(as person: Person) throws -> Answer {
    try site.send("GET", "/tasks/\(work.task)", as: person)
  }

  @Test func aTaskIsShown() throws {
    let answer = try show(as: work.labeler)
    #expect(answer.status == 200)
    #expect(
      answer.keys == [
        "id", "request_id", "title", "status", "classes", "scope", "description", "answer",
        "points",
        "lease_expires_at", "images",
      ])
    let json = try answer.json
    #expect(try json["id"] == .string(work.task))
    #expect(try json["title"] == .string("Animals"))
    #expect(try json["status"] == .string("open"))
    #expect(try json["classes"].strings == ["zebra", "ant", "none of it"])
    let images = try json["images"].elements
    #expect(try images.map { try $0["image_id"].string } == work.images)
    for image in images {
      #expect(try image.keys == ["image_id", "url", "labels", "content"])
      #expect(try image["labels"] == .null)
      #expect(try image["url"].string.hasPrefix("https://assay.test/media/"))
    }
  }

  @Test func theCallersLabelsAreShown() throws {
    try work.save(["ant"], of: work.images[0], site.client)
    try work.save([], of: work.images[1], site.client)
    try work.save(["zebra", "ant"], of: work.images[0], site.client)
    let images = try show(as: work.labeler).json["images"].elements
    #expect(try images[0]["labels"].strings == ["zebra", "ant"])
    #expect(try images[1]["labels"] == .array([]))
    #expect(try images[2]["labels"] == .null)
    // The answers are blind: other labelers with the same task do not see them.
    let other = try site.person(.labeler)
    let given = try site.send(
      "POST", "/admin/assign", as: work.admin,
      json: #"{"task_id": "\#(work.task)", "labeler_username": "\#(other.username)"}"#)
    #expect(given.status == 200)
    let theirs = try show(as: other).json["images"].elements
    #expect(try theirs.allSatisfy { try $0["labels"] == .null })
  }

  @Test func anAdminSeesEveryTask() throws {
    for role in [Role.admin, .universal] {
      let answer = try show(as: site.person(role))
      #expect(answer.status == 200)
      #expect(try answer.json["images"].elements.count == 3)
    }
  }

  @Test func othersAreRefused() throws {
    let path = "/tasks/\(work.task)"
    try expectGuarded(site, "GET", path, against: work.customer)
    for role in [Role.labeler, .reviewer] {
      try expectHidden(
        site, "GET", { "/tasks/\($0)" }, foreign: work.task, as: site.person(role))
    }
    // A labeler with another task of the same request does not see it either.
    let colleague = try site.person(.labeler)
    _ = try site.assign(work.request, to: colleague, by: work.admin)
    #expect(try show(as: colleague).status == 404)
  }

  @Test func picturesThatAreDamagedOrExcludedLaterStay() throws {
    let before = try show(as: work.labeler).json["images"].elements
    let owner = site.owner()
    try owner.run("update blob set damaged_at = now()")
    try owner.run(
      "update item set state = 'excluded', excluded_because = 'duplicate' where filename = '1.png'")
    let after = try show(as: work.labeler).json["images"].elements
    #expect(after.count == 3)
    #expect(try after.map { try $0["url"].string } == before.map { try $0["url"].string })
  }

  @Test func linksNameTheBytesAndTheirType() throws {
    let request = try site.request(by: work.customer)
    let text = Array("one\ntwo".utf8)
    _ = try site.send(
      "POST", "/api/upload?project=\(request)", as: work.customer,
      form: Form([(name: "a.png", bytes: Pictures.png(seed: 7)), (name: "b.txt", bytes: text)]))
    let task = try site.assign(request, to: work.labeler, by: work.admin)
    let images = try site.send("GET", "/tasks/\(task)", as: work.labeler).json["images"].elements
    let urls = try images.map { try $0["url"].string }
    #expect(urls.count > 1)
    let digests = try site.owner().all(
      """
      select encode(i.sha256, 'hex') || case when b.mime = 'image/png' then '.png' else '.txt' end
      from task_item ti join item i using (item_id)
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where ti.task_id::text = \(task) order by ti.position
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(digests.count == urls.count)
    for (url, digest) in zip(urls, digests) {
      let path = "/media/\(digest)"
      #expect(url.hasPrefix("https://assay.test\(path)?expires="))
      let expires = try #require(Int(url.drop { $0 != "=" }.dropFirst().prefix { $0 != "&" }))
      let query = SignedLink.query(path: path, expires: expires, key: TestSite.linkKey)
      #expect(url == "https://assay.test\(path)?\(query)")
    }
  }

  @Test func labelsInAnyScriptAreShown() throws {
    // As they are escaped in JSON.
    let classes = [#"say \"a\\b\""#, "Straße 表 🐈", "null", "{a,b}"]
    let own = try Commission(site, pictures: 2, classes: classes)
    #expect(try own.save(classes, of: own.images[1], site.client).status == 200)
    let images = try site.send("GET", "/tasks/\(own.task)", as: own.labeler).json["images"].elements
    #expect(try images[0]["labels"] == .null)
    #expect(try images[1]["labels"].strings == [#"say "a\b""#, "Straße 表 🐈", "null", "{a,b}"])
  }

  /// During an upgrade, processes of the previous version make tasks in this form.
  @Test func aTaskThatNamesOnlyItsItemsIsShownWhole() throws {
    try site.owner().script(
      """
      with made as (
        insert into task (
          task_id, organization_id, project_id, schema_id, title, item_count, created_by)
        select uuid_v7(), organization_id, project_id, schema_id, 'Old', 2, created_by from task
        returning task_id
      )
      insert into task_item (task_id, item_id, organization_id, position)
      select made.task_id, item_id, organization_id, 3 - position from made, task_item
      where position < 3
      """)
    let task = try site.owner().one("select task_id::text from task where title = 'Old'") {
      row throws(PostgresError) in try row.next(String.self)
    }
    let images = try site.send("GET", "/tasks/\(task)", as: work.admin).json["images"].elements
    #expect(try images.map { try $0["image_id"].string } == [work.images[1], work.images[0]])
  }

  @Test func aReleasedTaskIsHiddenFromItsLabelerOnly() throws {
    let universal = try site.person(.universal)
    let given = try site.send(
      "POST", "/admin/assign", as: work.admin,
      json: #"{"task_id": "\#(work.task)", "labeler_username": "\#(universal.username)"}"#)
    #expect(given.status == 200)
    try site.owner().run("update assignment set state = 'released'")
    #expect(try show(as: work.labeler).status == 404)
    let answer = try show(as: universal)
    #expect(answer.status == 200)
    #expect(try answer.json["status"] == .string("open"))
  }

  @Test func theIDOfARequestIs404() throws {
    #expect(try site.send("GET", "/tasks/\(work.request)", as: work.labeler).status == 404)
    #expect(try site.send("GET", "/requests/\(work.task)", as: work.customer).status == 404)
  }
}
