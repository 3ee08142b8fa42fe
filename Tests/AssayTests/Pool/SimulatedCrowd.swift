import Assay
import HTTP
import Postgres
import Support
import Synchronization
import Web

/// Labelers who take tasks of a request, answer them, forget them, give them back or come late.
final class SimulatedCrowd: Sendable {
  private let people: [Person]
  private let request: String
  private let database: String
  /// Statuses that no labeler may get.
  private let strange = Mutex<[String]>([])

  /// The pictures per task.
  static let bundle = 8

  init(_ people: [Person], _ request: String, _ database: String) {
    (self.people, self.request, self.database) = (people, request, database)
  }

  var failures: [String] { strange.withLock { $0 } }

  /// Lets every `threads`-th labeler work until no picture is open.
  func work(_ client: Client, _ thread: Int, of threads: Int) throws {
    var chance = Chance()
    for _ in 0...thread * 1000 { _ = chance.next() }
    let owner = Connection(database)
    let mine = stride(from: thread, to: people.count, by: threads).map { people[$0] }
    while try hasOpenPictures(owner) {
      for person in mine { try turn(person, client, owner, &chance) }
    }
  }

  private func hasOpenPictures(_ db: Connection) throws -> Bool {
    try db.one(
      "select exists (select from pool_item where project_id = \(request)::uuid and state = 'open')"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Takes one task and does something with it.
  private func turn(
    _ person: Person, _ client: Client, _ owner: Connection, _ chance: inout Chance
  ) throws {
    let next = try client.send("POST", "/tasks/next", as: person)
    note(next, "next", [200, 204])
    guard next.status == 200 else { return }
    let task = try next.json["id"].string
    let images = try next.json["images"].elements.map { try $0["image_id"].string }
    switch Int.random(in: 0..<100, using: &chance) {
    case 0..<60: submit(try answers(images, &chance), task, person, client)
    case 60..<75:
      try save(images, task, person, client, &chance)
      submit("[]", task, person, client)
    case 75..<83:
      try save(images, task, person, client, &chance)
      let answer = try client.send("POST", "/tasks/\(task)/release", as: person)
      note(answer, "release", [200, 409])
    case 83..<92:
      // A crash: the worker ends the lease, and counts what was saved.
      try save(images, task, person, client, &chance)
      try expire(task, person, owner)
    default:
      try expire(task, person, owner)
      submit(try answers(images, &chance), task, person, client)
    }
  }

  private func label(_ chance: inout Chance) -> String {
    ["cat", "cat", "cat", "dog", "bird"].randomElement(using: &chance) ?? "cat"
  }

  /// Answers to most of the pictures; none says that nothing is seen.
  private func answers(_ images: [String], _ chance: inout Chance) throws -> String {
    let most = images.filter { _ in Int.random(in: 0..<10, using: &chance) > 0 }
    let list = most.map { #"{"image_id": "\#($0)", "labels": ["\#(label(&chance))"]}"# }
    return "[\(list.joined(separator: ","))]"
  }

  private func save(
    _ images: [String], _ task: String, _ person: Person, _ client: Client,
    _ chance: inout Chance
  ) throws {
    for image in images.prefix(Int.random(in: 0...3, using: &chance)) {
      let answer = try client.send(
        "POST", "/tasks/\(task)/labels", as: person,
        json: #"{"image_id": "\#(image)", "labels": ["\#(label(&chance))"]}"#)
      note(answer, "labels", [200, 409])
    }
  }

  private func submit(_ answers: String, _ task: String, _ person: Person, _ client: Client) {
    do {
      let answer = try client.send(
        "POST", "/tasks/\(task)/submit", as: person, json: #"{"answers": \#(answers)}"#)
      note(answer, "submit", [200, 409])
    } catch {
      strange.withLock { $0.append("submit: \(error)") }
    }
  }

  private func expire(_ task: String, _ person: Person, _ owner: Connection) throws {
    try owner.run(
      """
      update assignment a set lease_expires_at = now() - interval '1 second'
      from account p
      where p.account_id = a.account_id and p.username = \(person.username)
        and a.task_id = \(task)::uuid and a.state in ('leased', 'in_progress')
      """)
  }

  private func note(_ answer: Answer, _ what: String, _ allowed: [Int]) {
    guard !allowed.contains(answer.status) else { return }
    strange.withLock { $0.append("\(what): \(answer.status) \(answer.text)") }
  }
}
