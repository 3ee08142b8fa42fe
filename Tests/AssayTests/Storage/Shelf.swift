import Assay
import Cryptography
import Postgres
import Site
import Support
import Web

/// A site with customers, and access to its store and rows.
struct Shelf {
  let site: TestSite
  let customer: Person
  let request: String

  /// A customer with a request, on a site of its own or on another's.
  init(_ site: TestSite? = nil) throws {
    let site = try site ?? TestSite()
    self.site = site
    customer = try site.person(.customer)
    request = try site.request(by: customer)
  }

  var owner: Connection { site.owner() }

  /// Uploads one picture; returns its file's id.
  @discardableResult
  func upload(_ bytes: [UInt8], to request: String? = nil) throws -> String {
    let answer = try send(bytes, to: request)
    guard answer.status == 201 else { throw Missing(description: answer.text) }
    return try answer.json["files"][0]["id"].string
  }

  /// Uploads one picture; returns the answer.
  func send(_ bytes: [UInt8], to request: String? = nil) throws -> Answer {
    try site.send(
      "POST", "/api/upload?project=\(request ?? self.request)", as: customer,
      form: Form([(name: "a.png", bytes: bytes)]))
  }

  func delete(_ file: String) throws -> Answer {
    try site.send("DELETE", "/api/files/\(file)", as: customer)
  }

  func download(_ file: String) throws -> Answer {
    try site.send("GET", "/api/files/\(file)/download", as: customer)
  }

  /// The path of these bytes in the store.
  func path(_ bytes: [UInt8]) -> String {
    let name = Hex.encode(SHA256.digest(bytes))
    return "\(site.site.config.store)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  /// The path to which the file is moved before it is removed.
  func doomed(_ bytes: [UInt8]) -> String {
    "\(site.site.config.store)/doomed/\(Hex.encode(SHA256.digest(bytes)))"
  }

  func hasFile(_ bytes: [UInt8]) -> Bool { (try? Files.bytes(path(bytes))) == bytes }

  /// The number of organizations with a row for these bytes.
  func rows(_ bytes: [UInt8]) throws -> Int {
    try owner.one("select count(*) from blob where sha256 = \(SHA256.digest(bytes))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// The findings of fsck.
  func findings(repairs: Bool = false, age: Int = StoreCheck.orphanAge) throws -> [String] {
    let said = Said()
    let count = try StoreCheck(site.site.store, owner) { said.lines.append($0) }
      .compare(repairs: repairs, age: age)
    guard count == said.lines.count else { throw Missing(description: "\(said.lines)") }
    return said.lines
  }

  /// The findings of a scrub.
  func scrub() throws -> [String] {
    let said = Said()
    let db = site.connection(as: .worker)
    let count = try StoreCheck(site.site.store, db) { said.lines.append($0) }.scrub(rate: 1 << 30)
    guard count == said.lines.count else { throw Missing(description: "\(said.lines)") }
    return said.lines
  }

  /// Removes released files, as the worker does.
  func sweep() throws -> Int {
    try StoreCheck(site.site.store, site.connection(as: .worker)) { _ in }.removeReleased()
  }

  private final class Said {
    var lines: [String] = []
  }
}
