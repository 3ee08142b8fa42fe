import Assay
import Glibc
import HTTP
import Postgres
import Site
import Support
import Testing

@Suite("Pictures inspected by their upload")
struct InspectedUploadTests {
  private let inspected: Inspected
  init() throws { inspected = try Inspected() }

  private static let names = ["sharp", "copy", "small", "generated", "plain", "photograph"]

  /// Uploads pictures with different findings.
  private func upload() throws {
    let sharp = Pictures.png(seed: 3)
    try inspected.upload([
      "sharp": sharp, "copy": Pictures.png(seed: 3, text: "Comment\u{0}the same picture"),
      "small": Pictures.png(seed: 4, width: 20, height: 20),
      "generated": Pictures.png(seed: 5, text: "parameters\u{0}Steps: 20, Sampler: Euler a"),
      "plain": Pictures.png(seed: 6, width: 1, height: 1),
      "photograph": Vips.photograph(width: 400, height: 300, orientation: 6),
    ])
  }

  /// All columns of quality control, by the names of pictures.
  private func rows() throws -> [String] {
    try inspected.site.owner().all(
      """
      select jsonb_build_object('name', i.filename, 'declared', b.declared, 'fault', b.fault,
        'frames', b.frames, 'has_position', b.has_position, 'sharpness', b.sharpness,
        'shadow', b.shadow, 'highlight', b.highlight, 'entropy', b.entropy, 'colour', b.colour,
        'stored_rows', b.stored_rows, 'missing_rows', b.missing_rows,
        'is_inspected', b.inspected_at is not null, 'whole', l.whole, 'windows', l.windows,
        'luma', l.luma)::text
      from item i
      join blob b using (organization_id, sha256)
      left join likeness l using (organization_id, sha256)
      order by i.filename
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test func uploadsRecordWhatQualityControlWouldRecord() throws {
    try upload()
    let recorded = try rows()
    try inspected.run()
    let checked = try inspected.checked()
    #expect(try rows() == recorded)
    #expect(Set(checked.keys) == Set(Self.names))
    #expect(checked["generated"]?.generated ?? 0 > 0.9)
    #expect(checked["copy"]?.duplicate ?? 0 > 0.9)
    // Quality control inspects the same pictures and records the same. Only JPEG files are decoded
    // in another way there, so that some pixels differ by a level.
    try inspected.forgetInspections()
    try inspected.run()
    let again = try rows()
    #expect(again.count == recorded.count)
    for (one, other) in zip(again, recorded) where !one.contains("photograph") {
      #expect(one == other)
    }
    #expect(try inspected.checked() == checked)
  }

  @Test func qualityControlReadsNoInspectedFile() throws {
    try upload()
    let blobs = inspected.site.site.config.store + "/blobs"
    try #require(rename(blobs, blobs + ".away") == 0)
    defer { rename(blobs + ".away", blobs) }
    try inspected.run()
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.checked().count == Self.names.count)
  }

  @Test func knownBytesKeepTheirInspection() throws {
    try upload()
    try inspected.run()
    let before = try rows()
    let again = try Inspected(inspected.site, by: inspected.customer)
    try again.upload(["sharp": Pictures.png(seed: 3)])
    #expect(try rows().count == before.count + 1)
    try again.run()
    #expect(try again.checked()["sharp"]?.flags.contains("exact_duplicate") == true)
  }

  /// The inspections of one request are in memory until it is recorded.
  @Test func anUploadInspectsAtMostTwoThousandPictures() throws {
    let most = 2000
    let files = (0..<most + 5).map {
      Zip.File("\($0).png", Pictures.png(seed: UInt64($0), width: 2, height: 2))
    }
    let answer = try inspected.site.send(
      "POST", "/api/upload?project=\(inspected.request)", as: inspected.customer,
      form: Form([("a.zip", Zip(files).bytes)]))
    try #require(answer.status == 201, "\(answer.text)")
    #expect(try answer.json["uploaded"].int == files.count)
    let counts = try inspected.site.owner().all(
      "select count(*), count(inspected_at), count(previewed_at) from blob"
    ) { row throws(PostgresError) in
      [try row.next(Int.self), try row.next(Int.self), try row.next(Int.self)]
    }
    #expect(counts == [[files.count, most, files.count]])
  }
}
