import Assay
import HTTP
import Postgres
import Site
import Support
import Web

/// The result of quality control for one picture.
struct Checked: Equatable {
  let duplicate: Double
  let generated: Double
  let flags: [String]
}

/// A customer's request with pictures, for tests of quality control.
struct Inspected {
  let site: TestSite
  let customer: Person
  let request: String

  init(_ quality: QualityMode = .worker, settings: [String: String] = [:]) throws {
    site = try TestSite(quality: quality, settings: settings)
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  /// Another request on an existing site.
  init(_ site: TestSite, by customer: Person) throws {
    self.site = site
    self.customer = customer
    request = try site.request(by: customer)
  }

  /// Uploads pictures under these names.
  func upload(_ pictures: KeyValuePairs<String, [UInt8]>) throws {
    let files = pictures.map { (name: $0.key, bytes: $0.value) }
    let ids = try site.upload(files, to: request, by: customer)
    guard ids.count >= files.count else { throw Missing(description: "not all were taken") }
  }

  /// Uploads `count` pictures that are not similar.
  func uploadDistinct(_ count: Int) throws {
    let files = (0..<count).map { (name: "\($0).png", bytes: Pictures.png(seed: UInt64($0))) }
    guard try site.upload(files, to: request, by: customer).count == count else {
      throw Missing(description: "not all were taken")
    }
  }

  /// Forgets the inspections of uploads, so that quality control must inspect the pictures.
  func forgetInspections() throws { try site.owner().script(Undecoded.script) }

  /// Starts a run, at a level when one is given.
  func start(_ level: String? = nil) throws -> Answer {
    try site.send(
      "POST", "/requests/\(request)/qc/run", as: customer,
      json: level.map { #"{"level":"\#($0)"}"# })
  }

  /// Starts a run and waits for its end.
  func run() throws {
    let answer = try start()
    guard answer.status == 200 else { throw Missing(description: answer.text) }
    try site.work()
  }

  /// The progress of the latest run.
  func progress() throws -> JSON {
    try site.send("GET", "/requests/\(request)/qc", as: customer).json
  }

  /// The answer with the results.
  func results() throws -> Answer {
    try site.send("GET", "/requests/\(request)/qc/results", as: customer)
  }

  /// The results by the pictures' names.
  func checked() throws -> [String: Checked] {
    let rows = try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements
    let names = try Dictionary(
      uniqueKeysWithValues: rows.map { try ($0["image_id"].string, $0["filename"].string) })
    return try Dictionary(
      uniqueKeysWithValues: results().json.elements.map { row in
        let image = try row["image_id"].string
        guard let name = names[image] else { throw Missing(description: image) }
        let checked = try Checked(
          duplicate: row["duplicate_score"].double, generated: row["ai_generated_score"].double,
          flags: row["flags"].strings)
        return (name, checked)
      })
  }
}

extension Inspected {
  /// The pictures' ids by their names.
  func ids() throws -> [String: String] {
    let rows = try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements
    return try Dictionary(
      uniqueKeysWithValues: rows.map { try ($0["filename"].string, $0["image_id"].string) })
  }

  /// Stores that two pictures are similar, as a comparison does.
  func liken(_ one: String, _ other: String, score: Double, orientation: Int = 1) throws {
    let ids = try ids()
    guard let first = ids[one], let second = ids[other] else { throw Missing(description: one) }
    try site.owner().run(
      """
      insert into resemblance (
        organization_id, first, second, score, distance, correlation, detail, orientation,
        first_part, second_part)
      select a.organization_id, least(a.sha256, b.sha256), greatest(a.sha256, b.sha256), \(score),
        30, 0.9, 0.8, \(orientation), '{0,0,1,1}', '{0,0,1,1}'
      from item a, item b where a.item_id = \(first)::uuid and b.item_id = \(second)::uuid
      """)
  }

  /// The answer with the clusters.
  func clusters(_ query: String = "") throws -> Answer {
    try site.send("GET", "/requests/\(request)/qc/clusters\(query)", as: customer)
  }

  /// Resolves or restores a cluster or picture.
  func change(_ path: String, _ json: String? = nil) throws -> Answer {
    try site.send("POST", "/requests/\(request)/qc/clusters/\(path)", as: customer, json: json)
  }

  /// The names of a cluster's pictures in order; excluded ones are in brackets.
  static func names(_ cluster: JSON) throws -> [String] {
    try cluster["members"].elements.map { member in
      let name = try member["filename"].string.prefix { $0 != "." }
      return try member["excluded"].bool ? "(\(name))" : "\(name)"
    }
  }
}
