import HTTP
import Support
import Testing

/// The main job up to some step, with real files.
struct Job {
  let instance: Instance
  /// The customer's token.
  let token: String
  let request: String

  /// A new request of the demo customer, or of the token's account.
  init(_ instance: Instance, token: String? = nil, classes: [String] = ["cat", "dog"]) throws {
    self.instance = instance
    self.token = try token ?? instance.token(.customer)
    let names = classes.map { "\"\($0)\"" }.joined(separator: ",")
    let answer = try instance.send(
      "POST", "/requests", token: self.token,
      json: #"{"title": "Animals", "description": "which?", "classes": [\#(names)]}"#)
    request = try answer.json["id"].string
  }

  /// Sends files; returns the answer.
  func upload(_ files: [WebFile]) throws -> WebAnswer {
    try instance.send("POST", "/requests/\(request)/uploads", token: token, files: files)
  }

  /// Sends `count` new pictures.
  func uploadPictures(_ count: Int) throws {
    let files = try (0..<count).map { number in
      let seed = UInt64.random(in: 0...UInt64.max)
      return WebFile(
        "picture-\(number).png", at: try instance.file(Pictures.png(seed: seed)))
    }
    let answer = try upload(files)
    try #require(answer.status == 200, "\(answer.text)")
  }

  /// The rows of `GET /requests/{id}/uploads`.
  func uploads() throws -> [JSON] {
    try instance.send("GET", "/requests/\(request)/uploads", token: token).json.elements
  }

  /// Assigns all pictures to the labeler; returns the links of the originals, in order.
  func originals() throws -> [String] {
    let task = try instance.send("GET", "/tasks/\(try assign())", as: .labeler)
    return try task.json["images"].elements.map { try $0["url"].string }
  }

  /// Waits until all pictures have previews; returns their links, newest first.
  func previews() throws -> [String] {
    var links: [String] = []
    try instance.wait(seconds: 120, for: "the previews") {
      links = try uploads().map { try $0["preview_url"].string }
      return links.allSatisfy { $0.contains("-320.jpg?") }
    }
    return links
  }

  /// Forgets all previews, as if an earlier version had taken the pictures, and wakes the workers.
  func forgetPreviews() throws {
    for row in try uploads() {
      let digest = try row["etag"].string.filter { $0 != "\"" }
      let path = "\(instance.state)/store/previews/\(digest.prefix(2))/\(digest.dropFirst(2))"
      for size in [320, 1280] { Files.remove("\(path)-v3-\(size).jpg") }
    }
    try Database.run(
      """
      update blob set previewed_at = null
      where sha256 in (select sha256 from item where project_id = '\(request)');
      update job_chunk set run_after = now() where kind = 'forgotten-previews'
      """, instance)
  }

  /// Forgets all inspections, so that quality control must decode the pictures.
  func forgetInspections() throws {
    let items = "(select organization_id, sha256 from item where project_id = '\(request)')"
    try Database.run(
      """
      delete from likeness where (organization_id, sha256) in \(items);
      update blob set inspected_at = null where (organization_id, sha256) in \(items)
      """, instance)
  }

  /// Starts quality control.
  func runQuality() throws {
    let answer = try instance.send("POST", "/requests/\(request)/qc/run", token: token)
    try #require(answer.status == 200, "\(answer.text)")
  }

  /// The number of pictures that quality control has finished; nil when the run is over.
  func progress() throws -> Int? {
    let json = try instance.send("GET", "/requests/\(request)/qc", token: token).json
    let state = try json["state"].string
    try #require(state != "failed")
    return state == "completed" ? nil : try json["done"].int
  }

  /// Runs quality control to its end; returns the results.
  func finishQuality() throws -> [JSON] {
    try instance.wait(seconds: 120, for: "the end of quality control") { try progress() == nil }
    return try instance.send("GET", "/requests/\(request)/qc/results", token: token).json.elements
  }

  /// Assigns all pictures to a labeler; returns the task's id.
  func assign(to who: Account = .labeler) throws -> String {
    let username = try instance.credentials(who).username
    let answer = try instance.send(
      "POST", "/admin/assign", as: .admin,
      json: #"{"request_id": "\#(request)", "labeler_username": "\#(username)"}"#)
    try #require(answer.status == 200, "\(answer.text)")
    return try answer.json["task_id"].string
  }
}
