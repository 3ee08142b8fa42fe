import Assay
import Glibc
import HTTP
import Postgres
import Queue
import Support
import Synchronization
import Testing
import Web

@Suite("Lanes")
struct LaneTests {
  /// Runs a worker whose lane of pictures is blocked in the first of 12,500 chunks, which are 100,000
  /// pictures, while `body` runs.
  private func whilePicturesWait(
    _ site: TestSite, _ notes: Notes = Notes(), _ body: () throws -> Void
  ) throws {
    let inspected = try Inspected(site, by: site.person(.customer))
    try inspected.uploadDistinct(1)
    #expect(try inspected.start().status == 200)
    try site.owner().run(
      """
      insert into job_chunk (job_id, number, organization_id, kind, payload, size, priority)
      select c.job_id, n, c.organization_id, c.kind, c.payload, c.size, c.priority
      from job_chunk c, generate_series(1, 12499) n where c.kind = 'qc'
      """)
    // Its organization's comparisons wait for this lock.
    let holder = site.owner()
    try holder.script(
      """
      begin;
      select pg_advisory_xact_lock(hashtextextended(organization_id::text, 0)) from organization
      """)
    let shared = site.site
    let flag = Flag()
    _ = try inThreads(1) { _ in
      Workers.run(shared) {
        Jobs.all($0) + [WordJob(notes: notes)]
      } while: {
        !flag.isRaised.load(ordering: .relaxed)
      }
    } meanwhile: {
      defer {
        flag.isRaised.store(true, ordering: .relaxed)
        try? holder.script("commit")
      }
      try site.waitForALock()
      try body()
      #expect(try inspected.progress()["state"] == .string("running"))
    }
  }

  private final class Flag: Sendable {
    let isRaised = Atomic<Bool>(false)
  }

  private func wait(_ site: TestSite, until condition: SQL) throws {
    for _ in 0..<3000 {
      let isTrue = try site.owner().one("select \(condition)") { row throws(PostgresError) in
        try row.next(Bool.self)
      }
      if isTrue { return }
      usleep(10_000)
    }
    throw Missing(description: condition.text)
  }

  @Test func otherKindsDoNotWaitForPictures() throws {
    let (site, notes) = (try TestSite(), Notes())
    try whilePicturesWait(site, notes) {
      try site.start([["webhook"]])
      try wait(site, until: "exists (select from job where kind = 'words' and state = 'completed')")
    }
    #expect(notes.all == ["webhook"])
  }

  @Test func lettersDoNotWaitForPictures() throws {
    var sites: [TestSite] = []
    let letters = try MailCatcher.letters(1) { port in
      let site = try TestSite(settings: [
        "ASSAY_SMTP": "smtp://127.0.0.1:\(port)", "ASSAY_MAIL_FROM": "assay@example.org",
        "ASSAY_PUBLIC_URL": "https://assay.example.org",
      ])
      sites.append(site)
      try Directory.add(
        "ada", email: "ada@example.org", role: .labeler, password: TestSite.password,
        site.owner())
      try whilePicturesWait(site) {
        let asked = try site.send(
          "POST", "/api/auth/forgot-password", json: #"{"email": "ada@example.org"}"#)
        #expect(asked.status == 200)
        try wait(site, until: "not exists (select from letter)")
      }
    }
    #expect(letters[0].contains("RCPT TO:<ada@example.org>"))
  }

  @Test func sweepsDoNotWaitForPictures() throws {
    let site = try TestSite()
    let customer = try site.person(.customer, named: "cora")
    let request = try site.request(by: customer)
    let announced = try site.send(
      "POST", "/uploads/presign", as: customer,
      json: #"""
        {"request_id": "\#(request)", "files": [{"filename": "a.png", "content_type": "image/png"}]}
        """#)
    #expect(announced.status == 200)
    try site.owner().run("update upload set expires_at = now() - interval '2 days'")
    try whilePicturesWait(site) {
      try wait(site, until: "exists (select from upload where state = 'expired')")
    }
  }
}
