import Assay
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing

/// The row of a chunk.
struct ChunkRow: Equatable {
  let state: String
  let attempts: Int
  let token: Int

  static func all(_ site: TestSite) throws -> [ChunkRow] {
    try site.owner().all(
      "select state::text, attempts, token from job_chunk order by job_id, number"
    ) { row throws(PostgresError) in
      try ChunkRow(state: row.next(), attempts: row.next(), token: row.next())
    }
  }
}

@Suite("Workers")
struct WorkerTests {
  @Test func manyWorkersShareTheChunks() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(40)
    let alone = try Inspected()
    try alone.uploadDistinct(40)
    try alone.run()
    #expect(try inspected.start().status == 200)
    let site = inspected.site.site
    let counts = try inThreads(2) { _ in
      try Worker(site).runAll()
    }
    #expect(counts.reduce(0, +) == 5)
    let once = ChunkRow(state: "completed", attempts: 1, token: 1)
    #expect(try ChunkRow.all(inspected.site) == [ChunkRow](repeating: once, count: 5))
    #expect(try inspected.progress()["state"] == .string("completed"))
    #expect(try inspected.progress()["done"].int == 40)
    #expect(try inspected.checked() == alone.checked())
  }

  @Test func anEmptyQueueReturnsNoChunk() throws {
    let site = try TestSite()
    #expect(try !Worker(site.site).runNext())
  }

  /// Removes the file of the only picture, runs `body`, and puts the file back.
  private func hidingTheFile(_ inspected: Inspected, _ body: () throws -> Void) throws {
    let blobs = inspected.site.site.config.store + "/blobs"
    let directory = try #require(
      try Files.names(in: blobs).first { try !Files.names(in: "\(blobs)/\($0)").isEmpty })
    let name = try #require(try Files.names(in: "\(blobs)/\(directory)").first)
    let path = "\(blobs)/\(directory)/\(name)"
    let bytes = try Files.bytes(path)
    Files.remove(path)
    try body()
    try Files.write(path, bytes)
  }

  @Test func aFailedChunkIsRetriedLater() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(1)
    try inspected.forgetInspections()
    #expect(try inspected.start().status == 200)
    try hidingTheFile(inspected) {
      try inspected.site.work()
      let put = try ChunkRow.all(inspected.site)
      #expect(put == [ChunkRow(state: "queued", attempts: 1, token: 1)])
      #expect(try inspected.progress()["state"] == .string("running"))
      try inspected.site.work()
      #expect(try ChunkRow.all(inspected.site) == put)
    }
    try inspected.site.owner().run("update job_chunk set run_after = now()")
    try inspected.site.work()
    let done = ChunkRow(state: "completed", attempts: 2, token: 2)
    #expect(try ChunkRow.all(inspected.site) == [done])
    #expect(try inspected.progress()["state"] == .string("completed"))
    #expect(try inspected.checked().count == 1)
  }

  @Test func aChunkFailsAfterFiveAttempts() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(1)
    try inspected.forgetInspections()
    #expect(try inspected.start().status == 200)
    try inspected.site.owner().run("update job_chunk set attempts = 4")
    try hidingTheFile(inspected) { try inspected.site.work() }
    #expect(try ChunkRow.all(inspected.site) == [ChunkRow(state: "failed", attempts: 5, token: 1)])
    let progress = try inspected.progress()
    #expect(try progress["state"] == .string("failed"))
    #expect(try progress["failed"].int == 1)
    #expect(try isTime(progress["finished_at"].string))
    try inspected.run()
    #expect(try inspected.progress()["state"] == .string("completed"))
  }
}
