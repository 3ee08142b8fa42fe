import Assay
import HTTP
import Postgres
import Queue
import Site
import Support
import Synchronization
import Vocabulary

/// A kind of job for tests: each part is a word, and the test decides its result.
struct WordJob: JobKind {
  static let name = "words"
  static let lane = Lane("words")

  struct Payload: JobPayload {
    let words: [String]
    var json: String { #"{"words":"\#(words.joined(separator: " "))"}"# }
    var parts: [Payload] { words.map { Payload(words: [$0]) } }
  }

  let notes: Notes
  var act: @Sendable (String, Lease) throws -> Void = { _, _ in }

  func prepare(_ payload: Payload, _ lease: Lease) throws {
    for word in payload.words {
      try lease.beat(word)
      try act(word, lease)
    }
  }

  func record(_ payload: Payload, _ lease: Lease) throws -> Bool {
    for word in payload.words { notes.add(word) }
    return false
  }

  func condemn(
    _ payload: Payload, part: String?, because fault: JobFault, _ lease: Lease
  ) throws {
    notes.add("\(fault) \(part ?? "")")
  }
}

extension WordJob.Payload {
  init(json: String) throws {
    words = try JSON(parsing: Array(json.utf8))["words"].string.split(separator: " ").map {
      String($0)
    }
  }
}

/// A kind that is due once a day.
struct DailyJob: JobKind {
  static let name = "daily"
  static let lane = Lane("words")
  static let start = JobStart.every(seconds: 86_400)
  static let retry = RetryPolicy(attempts: 1)

  let notes: Notes
  var act: @Sendable () throws -> Void = {}

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    try act()
    notes.add("run")
  }
}

/// Records what jobs on any thread did, in order.
final class Notes: Sendable {
  private let words = Mutex<[String]>([])

  func add(_ word: String) { words.withLock { $0.append(word) } }
  var all: [String] { words.withLock { $0 } }
}

extension TestSite {
  /// A worker of these kinds only.
  func worker(_ kinds: any JobKind...) -> Worker {
    Worker(kinds, database: site.config.database(as: .worker), log: .assay)
  }

  /// Starts a job of words for the site.
  @discardableResult
  func start(
    _ chunks: [[String]], key: String? = nil, for customer: JobOwner = .site
  ) throws -> UUIDBytes? {
    try owner().transaction { db in
      try JobQueries.start(
        WordJob.self, key: key, for: customer, chunks: chunks.map { WordJob.Payload(words: $0) }, db
      )
    }
  }

  /// The states of a kind's job and chunks, in words.
  func states(of kind: String) throws -> [String] {
    try owner().all(
      """
      select concat_ws(' ', j.state, c.state, c.attempts) from job j join job_chunk c using (job_id)
      where j.kind = \(kind) order by j.job_id, c.number
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
