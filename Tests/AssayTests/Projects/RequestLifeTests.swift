import Assay
import HTTP
import Support
import Testing
import Web

@Suite("Life of a request")
struct RequestLifeTests {
  private let site: TestSite
  private let people: (customer: Person, admin: Person, labeler: Person)
  private let request: String

  init() throws {
    site = try TestSite()
    people = (
      try site.person(.customer), try site.person(.admin), try site.person(.labeler)
    )
    request = try site.request(by: people.customer)
  }

  private func expect(
    _ status: String, images: Int = 2, checked: Int = 0, labeled: Int = 0, tasks: Int = 0,
    completed: Int = 0, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let json = try site.send("GET", "/requests/\(request)", as: people.customer).json
    #expect(try json["status"] == .string(status), sourceLocation: location)
    let progress: [String: JSON] = [
      "images": .int(images), "checked": .int(checked), "labeled": .int(labeled),
      "tasks": .int(tasks), "tasks_completed": .int(completed),
    ]
    #expect(try json["progress"] == .object(progress), sourceLocation: location)
    for (path, person) in [("/requests", people.customer), ("/admin/requests", people.admin)] {
      let row = try site.send("GET", path, as: person).json[0]
      #expect(try row["status"] == .string(status), sourceLocation: location)
    }
  }

  @Test func aRequestGoesFromCreatedToCompleted() throws {
    try expect("created", images: 0)
    let images = try site.upload(
      [("a.png", Pictures.png(seed: 1)), ("b.png", Pictures.png(seed: 2))], to: request,
      by: people.customer)
    try expect("uploading")
    #expect(
      try site.send("POST", "/requests/\(request)/qc/run", as: people.customer).status == 200)
    try expect("qc")
    try site.work()
    try expect("ready", checked: 2)
    let task = try site.assign(request, to: people.labeler, by: people.admin)
    try expect("labeling", checked: 2, tasks: 1)
    try save(images[0], of: task)
    try expect("labeling", checked: 2, labeled: 1, tasks: 1)
    try save(images[0], of: task)
    try expect("labeling", checked: 2, labeled: 1, tasks: 1)
    try save(images[1], of: task)
    try expect("completed", checked: 2, labeled: 2, tasks: 1, completed: 1)
    let second = try site.assign(request, to: site.person(.labeler), by: people.admin)
    #expect(second != task)
    try expect("labeling", checked: 2, labeled: 2, tasks: 2, completed: 1)
  }

  @Test func picturesMayBeLabeledWithoutQualityControl() throws {
    let images = try site.upload(
      [("a.png", Pictures.png(seed: 1))], to: request, by: people.customer)
    let task = try site.assign(request, to: people.labeler, by: people.admin)
    try expect("labeling", images: 1, tasks: 1)
    try save(images[0], of: task)
    try expect("completed", images: 1, labeled: 1, tasks: 1, completed: 1)
  }

  private func save(_ image: String, of task: String) throws {
    let answer = try site.send(
      "POST", "/tasks/\(task)/labels", as: people.labeler,
      json: #"{"image_id": "\#(image)", "labels": ["cat"]}"#)
    #expect(answer.status == 200)
  }
}
