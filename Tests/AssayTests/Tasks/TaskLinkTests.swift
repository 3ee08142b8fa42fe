import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /tasks/{task}/links")
struct TaskLinkTests {
  private let site: TestSite
  private let work: Commission
  init() throws {
    site = try TestSite()
    work = try Commission(site, pictures: 3)
  }

  private func send(_ query: String, as person: Person? = nil) throws -> Answer {
    try site.send("GET", "/tasks/\(work.task)/links?\(query)", as: person ?? work.labeler)
  }

  /// The ids of an answer's pictures.
  private func images(_ answer: Answer) throws -> [String] {
    try answer.json["links"].elements.map { try $0["image_id"].string }
  }

  @Test func linksAreThoseOfTheTask() throws {
    let task = try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json
    let whole = try task["images"].elements
    try #require(whole.count == 3)
    let answer = try send("image_id=\(work.images[1])")
    #expect(answer.status == 200)
    #expect(answer.keys == ["expires_at", "links"])
    let json = try answer.json
    #expect(try isTime(json["expires_at"].string))
    let links = try json["links"].elements
    try #require(try links.map { try $0.keys } == [["image_id", "url"]])
    func name(_ link: JSON) throws -> Substring { try link["url"].string.prefix { $0 != "?" } }
    #expect(try name(links[0]) == name(whole[1]))
    // The time is the one that nginx compares.
    let expires = try #require(
      Int(links[0]["url"].string.drop { $0 != "=" }.dropFirst().prefix { $0 != "&" }))
    let seconds = try site.owner().one(
      "select extract(epoch from \(json["expires_at"].string)::timestamptz)::bigint"
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(seconds == expires)
  }

  @Test func severalPicturesAreNamedInOneOfTwoForms() throws {
    let (first, second, third) = (work.images[0], work.images[1], work.images[2])
    for query in [
      "image_id=\(third)&image_id=\(first)", "image_id=\(third),\(first)",
      "image_id=\(first),\(third)&image_id=\(first)", "image_id=\(third)%2C\(first)&x=1",
    ] {
      #expect(try images(send(query)) == [first, third], "\(query)")
    }
    let all = try send("image_id=\(first),\(second)&image_id=\(third)")
    #expect(try images(all) == work.images)
  }

  @Test func badListsAreRefused() throws {
    let image = work.images[0]
    for query in [
      "", "image_id", "image_id=", "image_id=x", "image_id=\(image),", "image_id=,\(image)",
      "image_id=\(image)&image_id=1", "image_id=\(image)%20", "images=\(image)",
      "image_id=" + repeatElement(image, count: 101).joined(separator: ","),
    ] {
      let answer = try send(query)
      #expect(answer.status == 400, "\(query)")
      #expect(try answer.detail.hasPrefix("image_id "), "\(query)")
    }
    let most = repeatElement(image, count: 99).joined(separator: ",") + "," + work.images[1]
    #expect(try images(send("image_id=" + most)) == [image, work.images[1]])
  }

  @Test func picturesOfOtherTasksAreLeftOut() throws {
    let other = try Commission(site, pictures: 1)
    let query = "image_id=\(other.images[0]),\(unknownID)"
    #expect(try images(send(query)) == [])
    #expect(try images(send(query + ",\(work.images[0])")) == [work.images[0]])
    #expect(try images(send(query, as: work.admin)) == [])
  }

  @Test func othersAreRefused() throws {
    let query = "?image_id=\(work.images[0])"
    try expectGuarded(
      site, "GET", "/tasks/\(work.task)/links\(query)", against: work.customer)
    for role in [Role.labeler, .reviewer] {
      try expectHidden(
        site, "GET", { "/tasks/\($0)/links\(query)" }, foreign: work.task, as: site.person(role))
    }
    // A labeler with another task of the same request does not see it either.
    let colleague = try site.person(.labeler)
    _ = try site.assign(work.request, to: colleague, by: work.admin)
    #expect(try send("image_id=\(work.images[0])", as: colleague).status == 404)
  }

  @Test func anAdminGetsLinksOfEveryTask() throws {
    for role in [Role.admin, .universal] {
      let answer = try send("image_id=\(work.images[2])", as: site.person(role))
      #expect(try images(answer) == [work.images[2]])
    }
  }

  @Test func aReleasedTaskHasNoLinks() throws {
    for change in ["state = 'released'", "state = 'assigned', withdrawn_at = now()"] {
      try site.owner().script("update assignment set \(change)")
      #expect(try send("image_id=\(work.images[0])").status == 404)
    }
  }

  @Test func picturesThatAreDamagedOrExcludedLaterStay() throws {
    let owner = site.owner()
    try owner.run("update blob set damaged_at = now()")
    try owner.run("update item set state = 'excluded', excluded_because = 'duplicate'")
    let query = "image_id=" + work.images.joined(separator: ",")
    #expect(try images(send(query)) == work.images)
  }
}
