package import Postgres

internal import Assay
internal import HTTP
internal import Web

/// A customer's request that is open to the crowd.
package struct OpenedRequest {
  package let site: TestSite
  package let customer: Person
  /// The request's id.
  package let request: String
  /// The pictures' ids in the order of the upload.
  package let images: [String]

  /// Makes a customer and a request with pictures, and opens it.
  /// - Parameter settings: the JSON body that opens it.
  package init(
    _ site: TestSite, pictures: Int = 2, classes: [String] = ["cat", "dog"],
    settings: String = "{}", by customer: Person? = nil
  ) throws {
    self.site = site
    self.customer = try customer ?? site.person(.customer)
    let customer = self.customer
    request = try site.request(by: customer, classes: classes)
    let files = (0..<pictures).map { index in
      (name: "\(index).png", bytes: Pictures.png(seed: UInt64(index + 1)))
    }
    images = try site.upload(files, to: request, by: customer).reversed()
    guard images.count == pictures else { throw Missing(description: "not all were taken") }
    let answer = try open(settings)
    guard answer.status == 200 else { throw Missing(description: answer.text) }
  }

  /// Opens the request, or changes its settings.
  @discardableResult
  package func open(_ settings: String = "{}") throws -> Answer {
    try site.send("POST", "/requests/\(request)/open", as: customer, json: settings)
  }

  /// Closes the request.
  @discardableResult
  package func close() throws -> Answer {
    try site.send("POST", "/requests/\(request)/close", as: customer)
  }

  /// Claims the next task for a labeler.
  package func next(_ person: Person) throws -> Answer {
    try site.send(
      "POST", "/tasks/next", as: person, json: #"{"request_id": "\#(request)"}"#)
  }

  /// Claims the next task for a labeler; returns its id.
  /// - Throws: when there is none.
  package func claim(_ person: Person) throws -> String {
    let answer = try next(person)
    guard answer.status == 200 else { throw Missing(description: "\(answer.status)") }
    return try answer.json["id"].string
  }

  /// Submits a task of one picture, or answers to several.
  @discardableResult
  package func submit(
    _ task: String, as person: Person, _ json: String = #"{"label": "cat"}"#
  ) throws -> Answer {
    try site.send("POST", "/tasks/\(task)/submit", as: person, json: json)
  }

  /// Saves the labels of one picture.
  @discardableResult
  package func save(
    _ labels: [String], of image: String, in task: String, as person: Person
  ) throws -> Answer {
    let names = labels.map { "\"\($0)\"" }.joined(separator: ",")
    return try site.send(
      "POST", "/tasks/\(task)/labels", as: person,
      json: #"{"image_id": "\#(image)", "labels": [\#(names)]}"#)
  }

  /// Ends all leases now, as the worker does when their time is over.
  package func expire() throws {
    try site.owner().run(
      """
      update assignment set lease_expires_at = now() - interval '1 second'
      where lease_expires_at is not null and state in ('leased', 'in_progress')
      """)
    try site.keepPools()
  }

  /// The words of a query of one column, for the request's rows.
  package func words(_ sql: SQL) throws -> [String] {
    try site.owner().all(sql) { row throws(PostgresError) in try row.next(String.self) }
  }

  /// The state, answers and leases of each picture of the pool, in the order of the upload.
  package func slots() throws -> [String] {
    try words(
      """
      select p.state || ' ' || p.answers || ' ' || p.leases || ' of ' || p.slots
      from pool_item p where p.project_id = \(request)::uuid order by p.item_id
      """)
  }
}
