import Assay
import Glibc
import HTTP
import Postgres
import Site
import Support
import Web

/// A customer's request with pictures, for tests of previews.
struct Gallery {
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

  /// Uploads pictures whose previews a worker must make.
  func uploadWithoutPreviews(_ count: Int, from seed: UInt64 = 0) throws {
    try Undecoded.withoutPreviews(in: site.site.config.store) { try upload(count, from: seed) }
  }

  /// Uploads pictures, all of which must be new.
  func upload(_ pictures: [[UInt8]]) throws {
    let files = pictures.enumerated().map { (name: "\($0.offset)", bytes: $0.element) }
    let answer = try site.send(
      "POST", "/requests/\(request)/uploads", as: customer, form: Form(files))
    guard answer.status == 200, try answer.json["uploaded"].int == pictures.count else {
      throw Missing(description: answer.text)
    }
  }

  /// Uploads `count` small pictures that are not similar.
  func upload(_ count: Int, from seed: UInt64 = 0) throws {
    try upload((0..<count).map { Pictures.png(seed: seed + UInt64($0), width: 48, height: 32) })
  }

  /// The addresses of the previews, or of the originals instead of them, oldest first.
  func urls() throws -> [String] {
    try site.send("GET", "/requests/\(request)/uploads", as: customer).json.elements.reversed()
      .map { try $0["preview_url"].string }
  }

  /// Whether each address is that of a preview.
  func arePreviews() throws -> [Bool] { try urls().map { $0.contains("-320.jpg?expires=") } }

  /// The path of a link's file on the disk.
  func path(_ url: String, size: Int? = nil, version: Int = 3) throws -> String {
    guard let name = url.firstMatch(of: /\/media\/([0-9a-f]{64})/)?.1 else {
      throw Missing(description: url)
    }
    let file = "\(name.prefix(2))/\(name.dropFirst(2))"
    let store = site.site.config.store
    let mark = version == 1 ? "" : "-v\(version)"
    let suffix = version < 3 ? "webp" : "jpg"
    return size.map { "\(store)/previews/\(file)\(mark)-\($0).\(suffix)" }
      ?? "\(store)/blobs/\(file)"
  }

  /// The states of the previews' job and its chunk.
  func jobs() throws -> [String] {
    try site.owner().all(
      """
      select concat_ws(' ', j.state, c.state, c.attempts) from job j join job_chunk c using (job_id)
      where j.kind = 'previews' order by job_id
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}

/// Reads and makes files with libvips.
enum Vips {
  /// The size of a file's picture: "320x240".
  static func size(_ path: String) throws -> String {
    let header = try Program.run(["vipsheader", path])
    guard header.code == 0, let size = header.text.firstMatch(of: /: (\d+x\d+)/) else {
      throw Missing(description: "\(path): \(header.text)\(header.errors)")
    }
    return String(size.1)
  }

  /// A JPEG of a texture with an EXIF orientation and a position, like those of cameras.
  /// - Parameter orientation: of EXIF, 1 to 8.
  static func photograph(width: Int, height: Int, orientation: UInt8) throws -> [UInt8] {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let (from, to) = ("\(folder.path)/a.png", "\(folder.path)/a.jpg")
    try Files.write(from, Pictures.png(seed: 7, width: width / 10, height: height / 10))
    let made = try Program.run(["vips", "resize", from, "\(to)[strip]", "10"])
    guard made.code == 0 else { throw Missing(description: made.errors) }
    let exif: [UInt8] =
      Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 1, 0]
      + [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0] + [0, 0, 0, 0]
    let segment = [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif
    let note = [0xFF, 0xFE, 0, 13] + Array("52.5200 N, 1".utf8).prefix(11)
    return try [0xFF, 0xD8] + segment + note + Files.bytes(to).dropFirst(2)
  }

  /// The markers of a JPEG file's segments, to the beginning of its first scan.
  static func markers(_ path: String) throws -> Set<UInt8> {
    let bytes = try Files.bytes(path)
    guard bytes.starts(with: [0xFF, 0xD8]) else { throw Missing(description: "no JPEG") }
    var (markers, place) = (Set<UInt8>(), 2)
    while place + 4 <= bytes.count, bytes[place] == 0xFF, !markers.contains(0xDA) {
      markers.insert(bytes[place + 1])
      place += 2 + Int(bytes[place + 2]) * 256 + Int(bytes[place + 3])
    }
    return markers
  }
}
