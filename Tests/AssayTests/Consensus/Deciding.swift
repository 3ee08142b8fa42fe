import Assay
import HTTP
import Postgres
import Support
import Site
import Testing
import Web

extension OpenedRequest {
  /// Lets a new labeler give each of these answers to a picture in a task of its own; returns them.
  @discardableResult
  func answer(_ image: String, _ labels: [String]) throws -> [Person] {
    try labels.map { label in
      let person = try site.person(.labeler)
      try answer(image, label, as: person)
      return person
    }
  }

  /// Answers a picture of the person's task.
  func answer(_ image: String, _ label: String, as person: Person) throws {
    let task = try words(
      "select task_id::text from pool_item where item_id = \(image)::uuid"
    )[at: 0]
    let names = label.isEmpty ? "" : "\"\(label)\""
    let answer = try submit(
      task, as: person,
      #"{"answers": [{"image_id": "\#(image)", "labels": [\#(names)]}]}"#)
    guard answer.status == 200 else { throw Missing(description: answer.text) }
  }

  /// The results of the request.
  func results(_ query: String = "") throws -> [JSON] {
    try site.send("GET", "/requests/\(request)/consensus\(query)", as: customer).json.elements
  }

  /// The result of a picture.
  func result(_ image: String) throws -> JSON {
    try site.send("GET", "/requests/\(request)/consensus/\(image)", as: customer).json
  }

  /// Decides a picture as the customer.
  func decide(_ image: String, _ json: String) throws -> Answer {
    try site.send("POST", "/requests/\(request)/consensus/\(image)", as: customer, json: json)
  }

  /// Makes pictures gold with one class.
  @discardableResult
  func makeGold(_ images: [String], _ label: String) throws -> Answer {
    let items = images.map { #"{"image_id": "\#($0)", "label": "\#(label)"}"# }
    return try site.send(
      "POST", "/requests/\(request)/gold", as: customer,
      json: #"{"items": [\#(items.joined(separator: ","))]}"#)
  }
}

extension TestSite {
  /// Settles points as the job does.
  func settlePoints() throws {
    _ = try Settlement.settle(Connection(site.config.database(as: .worker)))
  }

  /// The settled points of a person.
  func points(_ person: Person) throws -> Int {
    try send("GET", "/auth/me", as: person).json["points"].int
  }

  /// Checks the ledger, the sums, and the counters of all pools.
  func expectSoundPools(_ location: SourceLocation = #_sourceLocation) throws {
    try Recomputed(self).expectEqual(location)
    #expect(try OpenedRequest.faults(owner()) == [], sourceLocation: location)
    #expect(try deadlocks() == 0, sourceLocation: location)
  }
}
