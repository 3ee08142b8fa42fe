import Assay
import Glibc
import HTTP
import Site
import Support
import Testing
import Web

@Suite("ZIP archives on /api/upload") struct ArchiveUploadTests {
  private let site: TestSite
  private let customer: Person
  private let project: String

  init() throws {
    site = try TestSite(settings: ["ASSAY_FILE_LIMIT": "50000", "ASSAY_REQUEST_LIMIT": "400000"])
    customer = try site.person(.customer)
    project = try site.request(by: customer)
  }

  private func upload(_ files: [(name: String, bytes: [UInt8])]) throws -> Answer {
    try site.send("POST", "/api/upload?project=\(project)", as: customer, form: Form(files))
  }

  private func upload(_ files: [Zip.File], named name: String = "a.zip") throws -> Answer {
    try upload([(name: name, bytes: Zip(files).bytes)])
  }

  private func picture(_ seed: UInt64, named name: String? = nil) -> Zip.File {
    Zip.File(name ?? "\(seed).png", Pictures.png(seed: seed))
  }

  private func names(_ answer: Answer, _ list: String = "files") throws -> [String] {
    try answer.json[list].elements.map { try $0["filename"].string }
  }

  private func expectNothingLeft(_ location: SourceLocation = #_sourceLocation) throws {
    let store = site.site.config.store
    #expect(try Files.names(in: store + "/tmp").isEmpty, sourceLocation: location)
    #expect(
      try Set(Files.names(in: store)).isSubset(of: Files.entriesOfAStore),
      sourceLocation: location)
  }

  @Test func namesUseTheEncodingOfTheForm() throws {
    var (first, second, third) = (picture(1), picture(2), picture(3))
    let ending = Array(".png".utf8)
    first.name = [0x95, 0x5C] + ending
    second.name = [0x83, 0x5C, 0x5C, 0x83, 0x5C] + ending
    third.name = Array("\u{304B}\u{3099}.png".utf8)
    third.flags = 0x800
    let zip = (name: "a.zip", bytes: Zip([first, second, third]).bytes)
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([zip], fields: [(name: "filename_encoding", value: "Shift_JIS")]))
    #expect(
      try names(answer).map { Array($0.utf8) }
        == ["表.png", "ソ.png", "が.png"].map { Array($0.utf8) })
  }

  @Test func everyFileIsASeparateUpload() throws {
    let answer = try upload([
      picture(1, named: "../../escape/one.png"), picture(2, named: "/etc/two.png"),
      Zip.File("folder/", []), Zip.File("__MACOSX/._one.png"), picture(1, named: "again.png"),
    ])
    #expect(answer.status == 201)
    #expect(try answer.json["uploaded"].int == 2)
    #expect(try answer.json["skipped"].int == 1)
    #expect(try names(answer) == ["one.png", "two.png"])
    #expect(try answer.json["errors"].elements.isEmpty)
    #expect(try answer.json["files"][0]["width"].int == 96)
    try expectNothingLeft()
  }

  @Test func aBadFileIsOneErrorAndStopsNoOther() throws {
    var encrypted = picture(3, named: "secret.png")
    encrypted.flags = 1
    var damaged = picture(4, named: "damaged.png")
    damaged.checksum = 1
    var link = Zip.File("link.png", Array("/etc/passwd".utf8))
    link.attributes = 0o120777 << 16
    let large = Zip.File("large.png", [UInt8](repeating: 7, count: 50_001))
    let cut = Zip.File("cut.png", Array(Pictures.png(seed: 5).prefix(3000)))
    let answer = try upload([
      encrypted, picture(1), damaged, link, large, cut, Zip.File("page.png"),
      Zip.File("inner.zip", Zip([picture(6)]).bytes), Zip.File("empty.png", []), picture(2),
    ])
    #expect(answer.status == 201)
    #expect(try names(answer) == ["1.png", "2.png"])
    let errors = try answer.json["errors"].elements
    #expect(
      try names(answer, "errors") == [
        "secret.png", "damaged.png", "link.png", "large.png", "cut.png", "page.png", "inner.zip",
        "empty.png",
      ])
    let words = ["encrypted", "damaged", "link", "50000", "", "image", "Archives", "empty"]
    for (error, word) in zip(errors, words) {
      let reason = try error["reason"].string
      #expect(reason.contains(word) && reason.hasSuffix("."), "\(reason)")
    }
    try expectNothingLeft()
  }

  @Test func formsMayContainArchivesAndPictures() throws {
    let answer = try upload([
      (name: "a.png", bytes: Pictures.png(seed: 1)),
      (name: "b.zip", bytes: Zip([picture(2)]).bytes), (name: "c.zip", bytes: [1, 2, 3]),
      (name: "d.png", bytes: Pictures.png(seed: 3)),
      // Recognized by its content, not by its name.
      (name: "e.bin", bytes: Zip([picture(4)]).bytes),
    ])
    #expect(try Set(names(answer)) == ["a.png", "2.png", "d.png", "4.png"])
    #expect(try names(answer, "errors") == ["c.zip"])
  }

  @Test func aPictureThatIsAlsoAnArchiveIsAPicture() throws {
    let bytes = Pictures.jpeg + Zip([picture(1)]).bytes
    let answer = try upload([(name: "both.zip", bytes: bytes)])
    #expect(
      try answer.json["files"].elements.map { try $0["content_type"].string } == ["image/jpeg"])
  }

  @Test func aSelfExtractingArchiveIsRecognizedByItsName() throws {
    var zip = Zip([picture(1)])
    zip.before = Array("MZ this program cannot be run".utf8)
    #expect(try names(upload([(name: "setup.zip", bytes: zip.bytes)])) == ["1.png"])
    #expect(try upload([(name: "setup.exe", bytes: zip.bytes)]).status == 400)
  }

  @Test(arguments: [
    ("empty.zip", Zip().bytes, "no files"), ("none.zip", [], "not a ZIP"),
    ("text.zip", Array("PK but not one".utf8), "not a ZIP"),
    ("cut.zip", Array(Zip([Zip.File("a.png")]).bytes.dropLast(30)), "truncated"),
    ("folders.zip", Zip([Zip.File("a/", []), Zip.File("b/", [])]).bytes, "no files"),
  ])
  func anArchiveWithoutFilesIs400(name: String, bytes: [UInt8], word: String) throws {
    let answer = try upload([(name: name, bytes: bytes)])
    #expect(answer.status == 400)
    #expect(try answer.detail.contains(name) && answer.detail.contains(word), "\(answer.text)")
    try expectNothingLeft()
  }

  @Test func anArchiveMayExceedTheLimitOfAPicture() throws {
    let files = (1...12).map { picture($0) }
    #expect(Zip(files).bytes.count > 50_000)
    #expect(try upload(files).json["uploaded"].int == 12)
  }

  @Test func theRootFaceRefusesArchives() throws {
    let answer = try site.send(
      "POST", "/requests/\(project)/uploads", as: customer,
      form: Form([(name: "a.zip", bytes: Zip([picture(1)]).bytes)]))
    #expect(answer.status == 400)
    #expect(try answer.detail.contains("JPEG or PNG"))
  }

  @Test func uploadsToForeignProjectsAreRefused() throws {
    let stranger = try site.person(.customer)
    let form = Form(
      [(name: "a.zip", bytes: Zip([picture(1)]).bytes)], fields: [("project", project)])
    #expect(try site.send("POST", "/api/upload", as: stranger, form: form).status == 404)
    #expect(try site.send("POST", "/api/upload", as: customer, form: form).status == 201)
    try expectNothingLeft()
  }

  @Test func concurrentUploadsOfOneArchiveAddEachItemOnce() throws {
    let form = Form([(name: "a.zip", bytes: Zip((1...6).map { picture($0) }).bytes)])
    let (customer, path) = (customer, "/api/upload?project=\(project)")
    let counts = try site.race(4) { client, _ in
      let answer = try client.send("POST", path, as: customer, form: form)
      #expect(answer.status == 201)
      return try answer.json["uploaded"].int
    }
    #expect(counts.reduce(0, +) == 6)
    try expectNothingLeft()
  }

  @Test func withoutAnUnpackerArchivesAreRefused() throws {
    let site = try TestSite(settings: ["ASSAY_DECODE": "/nonexistent/assay-decode"])
    let customer = try site.person(.customer)
    let project = try site.request(by: customer)
    let answer = try site.send(
      "POST", "/api/upload?project=\(project)", as: customer,
      form: Form([(name: "a.zip", bytes: Zip([picture(1)]).bytes)]))
    #expect(answer.status == 503)
    #expect(try Files.names(in: site.site.config.store + "/tmp").isEmpty)
  }

  @Test func thousandsOfFilesNeedFewDescriptors() throws {
    let files = (0..<300).map { index in
      (name: "\(index).txt", bytes: Array("\(index)".utf8))
    }
    let before = try Files.names(in: "/proc/self/fd").count
    let answer = try upload(files)
    #expect(try answer.json["uploaded"].int == 300)
    #expect(try Files.names(in: "/proc/self/fd").count < before + 50)
  }
}
