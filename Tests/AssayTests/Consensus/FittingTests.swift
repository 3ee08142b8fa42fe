import Assay
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing
import Web

/// A request with many answers of people whose skill is known.
struct SkilledCrowd {
  let opened: OpenedRequest
  let people: [Person]
  let images: [String]
  /// The true class of each picture.
  let truths: [String]

  /// Makes a request; `accuracies` has the share of right answers of each labeler.
  init(
    _ site: TestSite, pictures: Int, accuracies: [Double], settings: String
  ) throws {
    opened = try OpenedRequest(site, pictures: 1, settings: settings)
    try opened.addPictures(pictures - 1)
    people = try site.labelers(accuracies.count)
    images = try opened.words(
      "select item_id::text from item where project_id = \(opened.request)::uuid order by item_id")
    var random = Chance()
    truths = images.map { _ in random.next() % 2 == 0 ? "cat" : "dog" }
  }

  /// Lets everybody answer all pictures, with one right answer of `accuracy` of them.
  func answerAll(_ accuracies: [Double]) throws {
    var random = Chance()
    // Other numbers than those of the truths.
    for _ in images { _ = random.next() }
    for (person, accuracy) in zip(people, accuracies) {
      while true {
        let answer = try opened.next(person)
        guard answer.status == 200 else { break }
        let shown = try answer.json
        let answers = try shown["images"].elements.map { image in
          let id = try image["image_id"].string
          let isRight = Double(random.next() % 1000) < accuracy * 1000
          let truth = try truth(of: id)
          let label = isRight ? truth : truth == "cat" ? "dog" : "cat"
          return #"{"image_id": "\#(id)", "labels": ["\#(label)"]}"#
        }
        let receipt = try opened.submit(
          shown["id"].string, as: person, #"{"answers": [\#(answers.joined(separator: ","))]}"#)
        guard receipt.status == 200 else { throw Missing(description: receipt.text) }
      }
    }
  }

  func truth(of image: String) throws -> String {
    guard let place = images.firstIndex(of: image) else { throw Missing(description: image) }
    return try truths[at: place]
  }

  /// The share of results that are right.
  func accuracy() throws -> Double {
    let rows = try opened.results()
    let right = try rows.filter {
      try $0["labels"].strings == [truth(of: $0["image_id"].string)]
    }
    return Double(right.count) / Double(rows.count)
  }
}

extension TestSite {
  /// Fits the models that are due, as the job does.
  func fitModels() throws {
    // A fit rests for at least ten seconds.
    try owner().run("update consensus_fit set fitted_at = fitted_at - interval '1 hour'")
    try ConsensusUpkeep.run(site, Connection(site.config.database(as: .worker)))
  }
}

@Suite("Fits of the answers of a request") struct FittingTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private static let settings = #"{"labels_per_item": 5, "items_per_task": 50, "gold_rate": 0}"#

  @Test func oneGoodLabelerOutweighsFourThatGuess() throws {
    let accuracies = [0.98, 0.95, 0.55, 0.5, 0.5]
    let crowd = try SkilledCrowd(
      site, pictures: 200, accuracies: accuracies, settings: Self.settings)
    try crowd.answerAll(accuracies)
    let before = try crowd.accuracy()
    try site.fitModels()
    let after = try crowd.accuracy()
    #expect(after > before + 0.02, "\(before) \(after)")
    #expect(after > 0.93)
    let row = try crowd.opened.results()[at: 0]
    #expect(try row["method"].string == "dawid-skene")
    #expect(try row["calibrated"].bool == false)
    let weights = try crowd.opened.result(row["image_id"].string)["answers"].elements
    let first = try #require(
      weights.first { try $0["labeler"].string == crowd.people[at: 0].username })
    let last = try #require(
      weights.first { try $0["labeler"].string == crowd.people[at: 4].username })
    #expect(try first["weight"].double > last["weight"].double + 1)
    try site.settlePoints()
    try site.expectSoundPools()
  }

  @Test func aChangedResultCorrectsThePoints() throws {
    let accuracies = [0.98, 0.95, 0.55, 0.5, 0.5]
    let crowd = try SkilledCrowd(
      site, pictures: 100, accuracies: accuracies, settings: Self.settings)
    try crowd.answerAll(accuracies)
    try site.settlePoints()
    let before = try site.points(crowd.people[at: 0])
    try site.fitModels()
    try site.settlePoints()
    #expect(try site.points(crowd.people[at: 0]) > before)
    try site.expectSoundPools()
  }

  @Test func twentyKnownPicturesCalibrateTheConfidence() throws {
    let accuracies = [0.9, 0.8, 0.7, 0.7, 0.6]
    let crowd = try SkilledCrowd(
      site, pictures: 200, accuracies: accuracies,
      settings: #"{"labels_per_item": 5, "items_per_task": 50, "gold_rate": 0.5}"#)
    for label in ["cat", "dog"] {
      let images = try crowd.images.enumerated().filter {
        try $0.offset % 4 == 1 && crowd.truth(of: $0.element) == label
      }.map(\.element)
      try crowd.opened.makeGold(images, label)
    }
    try crowd.answerAll(accuracies)
    try site.fitModels()
    let rows = try crowd.opened.results().filter { try $0["method"].string != "gold" }
    #expect(rows.count == 150)
    let found = try Set(rows.map { try "\($0["calibrated"].bool) \($0["calibrated_on"].int)" })
    #expect(found == ["true 50"])
    try site.expectSoundPools()
  }

  @Test func aDecisionStandsAgainstAFit() throws {
    let accuracies = [0.95, 0.95, 0.95]
    let crowd = try SkilledCrowd(
      site, pictures: 60, accuracies: accuracies,
      settings: #"{"labels_per_item": 3, "items_per_task": 50}"#)
    try crowd.answerAll(accuracies)
    let image = try crowd.images[at: 0]
    let wrong = try crowd.truth(of: image) == "cat" ? "dog" : "cat"
    _ = try crowd.opened.decide(image, #"{"label": "\#(wrong)", "reason": "x"}"#)
    try site.fitModels()
    #expect(try crowd.opened.result(image)["label"].string == wrong)
    #expect(try crowd.opened.result(image)["method"].string == "review")
  }

  @Test func agreementStopsAnItemEarly() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"min_labels": 2, "max_labels": 5, "items_per_task": 1}"#)
    let held = try site.person(.labeler)
    let task = try opened.words(
      "select task_id::text from pool_item where item_id = \(opened.images[at: 0])::uuid")[at: 0]
    _ = try site.send("POST", "/tasks/\(task)/claim", as: held)
    try opened.answer(opened.images[at: 0], ["cat", "cat", "cat"])
    try opened.answer(opened.images[at: 1], ["cat", "dog", "cat"])
    #expect(try opened.slots() == ["resolved 3 0 of 5", "open 3 0 of 5"])
    // The lease of somebody else has ended; the answer is surplus, and paid if it is right.
    let late = try opened.submit(task, as: held)
    #expect(try late.json["surplus"].int == 1)
    try opened.answer(opened.images[at: 1], ["cat"])
    #expect(try opened.slots()[at: 1] == "resolved 4 0 of 5")
    try site.settlePoints()
    #expect(try site.points(held) == 1)
    try site.expectSoundPools()
  }

  @Test func aFullItemWithoutAMajorityIsContestedAndHasABestGuess() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 5, "items_per_task": 1}"#)
    try opened.answer(opened.images[at: 0], ["cat", "cat", "dog", "dog", ""])
    let row = try opened.results()[at: 0]
    #expect(try row["state"].string == "contested")
    #expect(try ["cat", "dog"].contains(row["label"].string))
    #expect(try row["confidence"].double == 0.4)
  }

  @Test func aPictureOfNoClassResolvesWithoutLabels() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 2, "items_per_task": 1}"#)
    try opened.answer(opened.images[at: 0], ["", ""])
    let row = try opened.results()[at: 0]
    #expect(try row["state"].string == "resolved")
    #expect(try row["labels"].strings == [])
    #expect(try row["label"] == .null)
  }

  @Test func eachOfSeveralClassesIsDecidedByItself() throws {
    let opened = try OpenedRequest(
      site, pictures: 1,
      settings: #"{"labels_per_item": 3, "answer": "multi", "items_per_task": 1}"#)
    let task = try opened.tasks()[at: 0]
    for labels in [#"["cat", "dog"]"#, #"["cat"]"#, #"["dog"]"#] {
      let person = try site.person(.labeler)
      try opened.submit(task, as: person, #"{"labels": \#(labels)}"#)
    }
    let row = try opened.results()[at: 0]
    #expect(try row["labels"].strings == ["cat", "dog"])
    #expect(try row["label"] == .null)
    #expect(try abs(row["confidence"].double - 2 / 3) < 1e-9)
  }

  @Test func aTieOfOneOfSeveralClassesIsContested() throws {
    let opened = try OpenedRequest(
      site, pictures: 1,
      settings: #"{"labels_per_item": 2, "answer": "multi", "items_per_task": 1}"#)
    let task = try opened.tasks()[at: 0]
    for labels in [#"["cat", "dog"]"#, #"["cat"]"#] {
      try opened.submit(task, as: site.person(.labeler), #"{"labels": \#(labels)}"#)
    }
    #expect(try opened.slots() == ["contested 2 0 of 2"])
  }

  @Test func aClosedRequestDecidesWhatHasEnoughAnswers() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"min_labels": 2, "max_labels": 5, "items_per_task": 1}"#)
    try opened.answer(opened.images[at: 0], ["cat", "dog", "cat"])
    try opened.answer(opened.images[at: 1], ["cat"])
    try opened.close()
    try site.fitModels()
    #expect(try opened.slots() == ["resolved 3 0 of 5", "open 1 0 of 5"])
  }

  @Test func aFitOfAnotherTenantChangesNothing() throws {
    let accuracies = [0.9, 0.9, 0.9]
    let settings = #"{"labels_per_item": 3, "items_per_task": 50}"#
    let one = try SkilledCrowd(site, pictures: 40, accuracies: accuracies, settings: settings)
    try one.answerAll(accuracies)
    let other = try OpenedRequest(site, pictures: 1, settings: #"{"labels_per_item": 1}"#)
    try other.answer(other.images[at: 0], ["cat"])
    let before = try other.result(other.images[at: 0])
    try site.fitModels()
    #expect(try other.result(other.images[at: 0]) == before)
    let models = try one.opened.words("select project_id::text from consensus_model")
    #expect(models == [one.opened.request])
  }

  @Test func aRequestWhoseFitFailsRestsAndDelaysNoOther() throws {
    let accuracies = [0.9, 0.9, 0.9]
    let settings = #"{"labels_per_item": 3, "items_per_task": 50}"#
    let crowds = try (0..<2).map { _ in
      try SkilledCrowd(site, pictures: 40, accuracies: accuracies, settings: settings)
    }
    for crowd in crowds { try crowd.answerAll(accuracies) }
    let (poisoned, sound) = (try crowds[at: 0].opened, try crowds[at: 1].opened)
    try site.owner().run(
      """
      alter table consensus_model
        add constraint poison check (project_id <> '\(unsafeRaw: poisoned.request)')
      """)
    let worker = Worker(site.site)
    try worker.openSchedules()
    try worker.runAll()
    #expect(
      try sound.words("select distinct project_id::text from consensus_model") == [sound.request])
    let rests = try sound.words(
      "select project_id::text from consensus_fit where took_seconds = 60")
    #expect(rests == [poisoned.request])
  }

  @Test func answersDuringAFitAreNotLost() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 3, "items_per_task": 10}"#)
    try opened.addPictures(99)
    let people = try site.labelers(3)
    let workers = site.site.config.database(as: .worker)
    _ = try inThreads(
      3,
      { [own = site.site, request = opened.request] number in
        let client = Client(own)
        let person = try people[at: number]
        while true {
          let answer = try client.send(
            "POST", "/tasks/next", as: person, json: #"{"request_id": "\#(request)"}"#)
          guard answer.status == 200 else {
            // Tasks that others claim at this moment are passed over.
            let rest = try client.send("GET", "/tasks?scope=open", as: person).json.elements
            if rest.isEmpty { return }
            continue
          }
          let shown = try answer.json
          let answers = try shown["images"].elements.map {
            #"{"image_id": "\#(try $0["image_id"].string)", "labels": ["cat"]}"#
          }
          let receipt = try client.send(
            "POST", "/tasks/\(shown["id"].string)/submit", as: person,
            json: #"{"answers": [\#(answers.joined(separator: ","))]}"#)
          guard receipt.status == 200 else { throw Missing(description: receipt.text) }
        }
      },
      meanwhile: {
        for _ in 0..<5 {
          try site.owner().run("update consensus_fit set fitted_at = fitted_at - interval '1 hour'")
          try ConsensusUpkeep.run(site.site, Connection(workers))
        }
      })
    #expect(try opened.slots() == [String](repeating: "resolved 3 0 of 3", count: 100))
    try site.settlePoints()
    try site.expectSoundPools()
  }
}

@Suite("Results of texts") struct TextResultTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  /// Lets a new labeler type each of these texts.
  private func type(_ texts: [String], _ opened: OpenedRequest) throws -> [Person] {
    let task = try opened.tasks()[at: 0]
    return try texts.map { text in
      let person = try site.person(.labeler)
      let answer = try opened.submit(task, as: person, #"{"content": "\#(text)"}"#)
      guard answer.status == 200 else { throw Missing(description: answer.text) }
      return person
    }
  }

  @Test func equalTextsInOtherFormsResolveAndArePaid() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 3, "answer": "text"}"#)
    let people = try type(["كتاب ۱۲", "کتاب  12", "کتابخانه"], opened)
    let row = try opened.results()[at: 0]
    #expect(try row["state"].string == "resolved")
    #expect(try row["method"].string == "plurality")
    #expect(try ["كتاب ۱۲", "کتاب  12"].contains(row["text"].string))
    #expect(try row["labels"].strings == [])
    try site.settlePoints()
    #expect(try people.map { try site.points($0) } == [1, 1, 0])
  }

  @Test func formsThatTheRequestCountsDiffer() throws {
    let opened = try OpenedRequest(
      site, pictures: 1,
      settings: #"{"labels_per_item": 2, "answer": "text", "text_forms": ["digits"]}"#)
    _ = try type(["Main 1", "main 1"], opened)
    #expect(try opened.results()[at: 0]["state"].string == "contested")
    let decided = try opened.decide(
      opened.images[at: 0], #"{"content": "Main 1", "reason": "A name."}"#)
    #expect(try decided.json["text"].string == "Main 1")
    let agreement = try site.send(
      "GET", "/requests/\(opened.request)/agreement", as: opened.customer)
    #expect(try agreement.json["percent"]["value"].double == 0)
  }

  @Test func unknownFormsAreRefused() throws {
    let opened = try OpenedRequest(site, pictures: 1)
    for forms in [#"["accents"]"#, #""case""#, "[1]"] {
      try BadBody(#"{"text_forms": \#(forms)}"#, "text_forms").check(
        opened.open(#"{"text_forms": \#(forms)}"#))
    }
  }
}
