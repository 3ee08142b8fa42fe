import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Stored bytes change without the service.
  @Suite struct DamageTests {
    @Test func changedBytesAreReportedAndNotServed() throws {
      let instance = try Instance.running()
      let job = try Job(instance, token: try instance.newCustomer())
      let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
      let file = WebFile("a.png", at: try instance.file(bytes))
      try #require(try job.upload([file]).status == 200)
      let row = try job.uploads()[at: 0]
      let digest = try row["etag"].string.filter { $0 != "\"" }
      let link = try job.originals()[at: 0]
      let download = "/api/files/\(try row["image_id"].string)/download"
      #expect(try instance.send("GET", download, token: job.token).body == bytes)

      let path = "\(instance.state)/store/blobs/\(digest.prefix(2))/\(digest.dropFirst(2))"
      var changed = bytes
      changed[bytes.count / 2] ^= 0x10
      try Files.write(path, changed)
      let scrub = try instance.assay("scrub", "--rate", "1000")
      #expect(scrub.code == 1, "\(scrub.errors)")
      #expect(scrub.text.contains("damaged \(digest): its bytes have changed"))
      #expect(scrub.errors.contains("stored bytes have changed"))
      expectProblem(try instance.send("GET", link), 404)
      expectProblem(try instance.send("GET", download, token: job.token), 410)
      let said = try Database.run(
        "select count(*) from blob where damaged_at is not null", instance)
      #expect(said == "1\n")

      #expect(try job.upload([file]).json["skipped"].int == 1)
      #expect(try instance.send("GET", link).body == bytes)
      #expect(try instance.send("GET", download, token: job.token).body == bytes)
      let healed = try instance.assay("scrub", "--rate", "1000")
      #expect(healed.code == 0, "\(healed.text) \(healed.errors)")

      // Somebody who has taken over the API could put a pipe in its place.
      try #require(unlink(path) == 0 && mkfifo(path, 0o600) == 0 && chmod(path, 0o666) == 0)
      let read = try instance.assay("scrub", "--rate", "1000")
      #expect(read.code == 1, "\(read.text) \(read.errors)")
      #expect(read.text.contains("damaged \(digest): its bytes have changed"))
      #expect(try job.upload([file]).json["skipped"].int == 1)
      #expect(try instance.send("GET", link).body == bytes)
    }

    @Test func deletedPictureLeavesNoFile() throws {
      let instance = try Instance.running()
      let job = try Job(instance, token: try instance.newCustomer())
      try job.uploadPictures(1)
      let row = try job.uploads()[at: 0]
      let link = try row["preview_url"].string
      let answer = try instance.send(
        "DELETE", "/api/files/\(try row["image_id"].string)", token: job.token)
      #expect(answer.status == 200, "\(answer.text)")
      // An administrator who does not wait for the sweeper does this.
      #expect(try instance.assay("fsck", "--repair").code == 0)
      expectProblem(try instance.send("GET", link), 404)
      #expect(try Database.run("select count(*) from released_blob", instance) == "0\n")
    }
  }
}
