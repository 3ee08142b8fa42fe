import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /requests/{request}/agreement") struct AgreementRouteTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func agreement(_ opened: OpenedRequest) throws -> JSON {
    try site.send("GET", "/requests/\(opened.request)/agreement", as: opened.customer).json
  }

  @Test func coefficientsOfAKnownTable() throws {
    let opened = try OpenedRequest(
      site, pictures: 4, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
    let (ada, bob) = (
      try site.person(.labeler, named: "ada"), try site.person(.labeler, named: "bob")
    )
    for (image, labels) in zip(
      opened.images, [["cat", "cat"], ["dog", "dog"], ["cat", "dog"], ["", ""]])
    {
      try opened.answer(image, labels[at: 0], as: ada)
      try opened.answer(image, labels[at: 1], as: bob)
    }
    let found = try agreement(opened)
    #expect(try found["items"].int == 4)
    #expect(try found["answers"].int == 8)
    #expect(try found["percent"]["value"].double == 0.75)
    // Chance: ada 2, 1, 1 and bob 1, 2, 1 of four: (2 + 2 + 1) / 16.
    #expect(try abs(found["cohen_kappa"][0]["value"].double - (0.75 - 0.3125) / 0.6875) < 1e-9)
    #expect(try Set(found["cohen_kappa"][0]["labelers"].strings) == ["ada", "bob"])
    // Three, three and two of eight answers: 22 / 64.
    #expect(try abs(found["fleiss_kappa"]["value"].double - (0.75 - 0.34375) / 0.65625) < 1e-9)
    // One disagreeing pair of eight values; 42 of 56 expected: 1 − 7 · 2 / 42.
    #expect(try abs(found["krippendorff_alpha"]["value"].double - (1 - 14.0 / 42)) < 1e-9)
    #expect(try found["krippendorff_alpha"]["n"].int == 4)
  }

  @Test func withoutAnswersNothingIsDefined() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let found = try agreement(opened)
    #expect(try found["items"].int == 0)
    #expect(try found["percent"]["value"] == .null)
    #expect(try found["krippendorff_alpha"]["low"] == .null)
    #expect(try found["cohen_kappa"].elements.isEmpty)
  }

  @Test func othersSeeNothing() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    for path in ["agreement", "labelers"] {
      let path = "/requests/\(opened.request)/\(path)"
      #expect(try site.send("GET", path, as: site.person(.labeler)).status == 403)
      #expect(try site.send("GET", path, as: site.person(.customer)).status == 404)
      #expect(try site.send("GET", path, as: site.person(.admin)).status == 200)
    }
  }
}

@Suite("GET /requests/{request}/labelers") struct LabelerListTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func labelers(_ opened: OpenedRequest, _ query: String = "") throws -> [JSON] {
    try site.send("GET", "/requests/\(opened.request)/labelers\(query)", as: opened.customer)
      .json.elements
  }

  @Test func eachLabelerHasAccuracyConfusionAndSpeed() throws {
    let opened = try OpenedRequest(
      site, pictures: 4, settings: #"{"labels_per_item": 3, "items_per_task": 1}"#)
    let people = try ["ada", "bob", "eve"].map { try site.person(.labeler, named: $0) }
    try opened.makeGold([opened.images[at: 0]], "cat")
    for image in opened.images {
      for person in people {
        try opened.answer(image, person.username == "eve" ? "dog" : "cat", as: person)
      }
    }
    try site.settlePoints()
    let rows = try labelers(opened)
    #expect(rows.count == 3)
    let eve = try #require(try rows.first { try $0["username"].string == "eve" })
    #expect(try eve["answers"].int == 4)
    #expect(try eve["gold"]["accuracy"].double == 0)
    #expect(try eve["gold"]["n"].int == 1)
    #expect(try eve["results"]["correct"].int == 0)
    #expect(try eve["results"]["n"].int == 3)
    #expect(try abs(eve["results"]["high"].double - 0.5615) < 5e-5)
    #expect(try eve["skill"] == .null)
    #expect(try eve["median_seconds"].double >= 0)
    #expect(try (0...1).contains(eve["too_fast"].double))
    let confusion = try eve["confusion"][0]
    #expect(try confusion["result"].strings == ["cat"])
    #expect(try confusion["answer"].strings == ["dog"])
    #expect(try confusion["n"].int == 4)
    let ada = try #require(try rows.first { try $0["username"].string == "ada" })
    #expect(try ada["results"]["accuracy"].double == 1)
    #expect(try labelers(opened, "?limit=1&offset=2").count == 1)
    #expect(try labelers(opened, "?offset=3").isEmpty)
  }

  /// A client may claim any time: the server's own measure bounds it.
  @Test func theClientCannotMakeAnAnswerSlower() throws {
    let opened = try OpenedRequest(
      site, pictures: 3, settings: #"{"labels_per_item": 3, "items_per_task": 3}"#)
    for name in ["ada", "bob", "eve"] {
      let person = try site.person(.labeler, named: name)
      let task = try opened.claim(person)
      let answers = opened.images.map {
        #"{"image_id": "\#($0)", "labels": ["cat"], "seconds": 60}"#
      }
      guard
        try opened.submit(
          task, as: person, #"{"answers": [\#(answers.joined(separator: ","))]}"#
        ).status == 200
      else { throw Missing(description: name) }
    }
    try site.owner().run(
      """
      update claim c set claimed_at = c.answered_at - interval '1 second' * case p.username
        when 'ada' then 90 when 'bob' then 300 else 3 end
      from account p where p.account_id = c.account_id
      """)
    let rows = try labelers(opened)
    let seconds = try rows.map { row in
      (try row["username"].string, try row["median_seconds"].double, try row["too_fast"].double)
    }.sorted { $0.0 < $1.0 }
    // Three pictures share the time between claim and answer.
    #expect(seconds.map(\.0) == ["ada", "bob", "eve"])
    #expect(zip(seconds, [30, 60, 1]).allSatisfy { abs($0.1 - $1) < 0.01 })
    #expect(seconds.map(\.2) == [0, 0, 1])
  }

  @Test(arguments: ["limit=0", "limit=x", "offset=-1"])
  func badPagesAreRefused(query: String) throws {
    let opened = try OpenedRequest(site, pictures: 1)
    let answer = try site.send(
      "GET", "/requests/\(opened.request)/labelers?\(query)", as: opened.customer)
    #expect(answer.status == 400)
  }
}

@Suite("Agreement of very many answers") struct ManyAnswersTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func aSampleOfThePicturesIsRead() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"items_per_task": 1}"#)
    try opened.addPictures(1199)
    try opened.answerEverything(people: 100)
    let path = "/requests/\(opened.request)"
    let found = try site.send("GET", "\(path)/agreement", as: opened.customer).json
    // Of 120,000 answers; the standard deviation is 1,290.
    #expect(try abs(found["answers"].int - 100_000) < 8_000)
    #expect(try found["answers"].int == 100 * found["items"].int)
    // Everybody is right in four of five cases: 0.8² + 0.2² of the pairs agree.
    #expect(try abs(found["percent"]["value"].double - 0.68) < 0.01)
    #expect(try found["percent"]["n"].int == found["items"].int)
    #expect(try found["cohen_kappa"].elements.count == 30 * 29 / 2)
    let rows = try site.send("GET", "\(path)/labelers", as: opened.customer).json.elements
    #expect(try rows.count == 100 && rows.allSatisfy { try $0["answers"].int == 1200 })
    let counted = try rows.reduce(0) { sum, row in
      try sum + row["confusion"].elements.reduce(0) { try $0 + $1["n"].int }
    }
    #expect(abs(counted - 100_000) < 8_000)
  }
}

extension OpenedRequest {
  /// Lets people who are right in four of five cases answer all pictures, and resolves these.
  fileprivate func answerEverything(people count: Int) throws {
    let db = site.owner()
    try db.run(
      """
      insert into item_label (item_id, organization_id, project_id, labels, confidence, method, votes)
      select item_id, organization_id, project_id, '{cat}', 1, 'majority', 100 from item
      where project_id = \(request)::uuid
      """)
    try db.run("update pool_item set state = 'resolved' where project_id = \(request)::uuid")
    // Few at a time: a statement has five seconds.
    for place in stride(from: 0, to: count, by: 10) {
      try answerEverything(people: place..<min(count, place + 10), db)
    }
  }

  private func answerEverything(people: Range<Int>, _ db: Connection) throws {
    try db.run(
      """
      with person as (
        insert into account (account_id, username, password_hash, role)
        select uuid_v7(), 'many-' || n, '', 'labeler'
        from generate_series(\(people.lowerBound)::integer, \(people.upperBound - 1)::integer) n
        returning account_id
      ), work as (
        insert into assignment (assignment_id, task_id, organization_id, account_id, project_id,
          schema_id, project_title, item_count)
        select uuid_v7(), t.task_id, t.organization_id, p.account_id, t.project_id, s.schema_id, '', 1
        from person p
        cross join (select * from task where project_id = \(request)::uuid limit 1) t
        join label_schema s on s.project_id = t.project_id
        returning assignment_id, account_id, organization_id, project_id
      ), place as (
        insert into claim (item_id, account_id, organization_id, project_id, assignment_id, state,
          points, answered_at)
        select i.item_id, w.account_id, w.organization_id, w.project_id, w.assignment_id, 'counted', 1,
          now()
        from item i join work w on w.project_id = i.project_id
      )
      insert into annotation (annotation_id, organization_id, project_id, assignment_id, account_id,
        item_id, revision, labels)
      select gen_random_uuid(), w.organization_id, w.project_id, w.assignment_id, w.account_id,
        i.item_id, 1, case when random() < 0.8 then '{cat}'::text[] else '{dog}' end
      from item i join work w on w.project_id = i.project_id
      """)
  }
}

@Suite("Labelers who fail at gold") struct GoldBarTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func aLabelerWhoIsSurelyWrongGetsNoMoreTasks() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
    try opened.addPictures(19)
    let images = try opened.words(
      "select item_id::text from item where project_id = \(opened.request)::uuid order by item_id")
    try opened.makeGold(Array(images.prefix(8)), "cat")
    let (careless, careful) = (try site.person(.labeler), try site.person(.labeler))
    for image in images.prefix(8) {
      try opened.answer(image, "dog", as: careless)
      try opened.answer(image, "cat", as: careful)
    }
    try site.settlePoints()
    try site.fitModels()
    #expect(try opened.next(careless).status == 204)
    #expect(try opened.next(careful).status == 200)
    #expect(try site.send("GET", "/tasks?scope=open", as: careless).json.elements.isEmpty)
    let task = try opened.words(
      "select task_id::text from pool_item where item_id = \(images[at: 19])::uuid")[at: 0]
    let claim = try site.send("POST", "/tasks/\(task)/claim", as: careless)
    #expect(claim.status == 409)
    #expect(try claim.detail.contains("right"))
    let rows = try site.send(
      "GET", "/requests/\(opened.request)/labelers", as: opened.customer
    ).json.elements
    let row = try #require(try rows.first { try $0["username"].string == careless.username })
    #expect(try row["barred_at"] != .null)
    // The given answers stay.
    #expect(try row["answers"].int == 8)
    // The floor is a setting: below it nobody is barred.
    try opened.open(#"{"gold_floor": 0}"#)
    try site.fitModels()
    #expect(try opened.next(careless).status == 200)
  }

  @Test func thePersonWhoOpenedTheRequestIsTold() throws {
    var sites: [TestSite] = []
    let letters = try MailCatcher.letters(1) { port in
      let site = try TestSite(settings: [
        "ASSAY_SMTP": "smtp://127.0.0.1:\(port)", "ASSAY_MAIL_FROM": "assay@example.org",
        "ASSAY_PUBLIC_URL": "https://assay.test",
      ])
      sites.append(site)
      let opened = try OpenedRequest(
        site, pictures: 8, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
      try site.owner().run(
        """
        update account set email = 'owner@example.org', email_verified_at = now()
        where username = \(opened.customer.username)
        """)
      try opened.makeGold(opened.images, "cat")
      let careless = try site.person(.labeler, named: "eve")
      for image in opened.images { try opened.answer(image, "dog", as: careless) }
      try site.settlePoints()
      try site.fitModels()
      // A second fit tells nothing new.
      try opened.answer(opened.images[at: 0], "cat", as: site.person(.labeler))
      try site.fitModels()
      try site.deliver()
    }
    let letter = try letters[at: 0]
    #expect(letter.contains("RCPT TO:<owner@example.org>"))
    #expect(letter.contains("Subject: eve gets no more tasks of"))
    #expect(letter.contains("0 of 8 are right"))
  }

  @Test func fewWrongAnswersBarNobody() throws {
    let opened = try OpenedRequest(
      site, pictures: 4, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
    try opened.makeGold(Array(opened.images.prefix(3)), "cat")
    let person = try site.person(.labeler)
    for image in opened.images.prefix(3) { try opened.answer(image, "dog", as: person) }
    try site.settlePoints()
    try site.fitModels()
    #expect(try opened.next(person).status == 200)
  }
}
