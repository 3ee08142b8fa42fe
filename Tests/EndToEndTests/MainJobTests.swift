import HTTP
import Support
import Testing

extension EndToEnd {
  /// The contract's main job from end to end, with every key of the answers.
  @Suite struct MainJobTests {
    @Test func mainJobGoesFromPicturesToLabels() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try showsTheNewRequest(job)
      let images = try takesPictures(job)
      try judgesThem(job, images)
      let task = try handsThemOut(job, images)
      try takesLabels(job, task, images)
      try givesLabelsBack(job, images)
    }

    private func showsTheNewRequest(_ job: Job) throws {
      let one = try job.instance.send("GET", "/requests/\(job.request)", as: .customer)
      #expect(try one.json["status"].string == "created")
      #expect(try one.json["classes"] == .array([.string("cat"), .string("dog")]))
      let list = try job.instance.send("GET", "/requests", as: .customer).json.elements
      let row = try #require(list.first)
      #expect(try row["id"].string == job.request)
      #expect(try row.keys == ["id", "title", "description", "status", "created_at"])
      #expect(try row["created_at"].string.hasSuffix("Z"))
      #expect(
        try job.instance.send("GET", "/requests/\(job.request)/qc/results", as: .customer).text
          == "[]")
    }

    /// Uploads three pictures, two of them equal; returns their image ids by name.
    private func takesPictures(_ job: Job) throws -> [String: String] {
      let photo = try Images.jpeg(of: Pictures.png(seed: 1), job.instance)
      let copy = try Images.recompressed(photo)
      let other = try job.instance.file(Pictures.png(seed: 2))
      let broken = try job.instance.file(Array(Pictures.png(seed: 3).prefix(2000)))
      let files = [
        WebFile("photo.jpg", at: photo), WebFile("copy.jpeg", at: copy),
        WebFile("other.png", at: other), WebFile("photo again.jpg", at: photo),
        WebFile("broken.png", at: broken), WebFile("notes.jpg", at: "/etc/hostname"),
      ]
      let json = try job.upload(files).json
      #expect(try json.keys == ["request_id", "uploaded", "skipped", "errors"])
      #expect(try json["request_id"].string == job.request)
      #expect(try json["uploaded"].int == 3 && json["skipped"].int == 1)
      let errors = try json["errors"].elements
      #expect(try errors.map { try $0["filename"].string } == ["broken.png", "notes.jpg"])
      #expect(try errors.allSatisfy { try !$0["reason"].string.isEmpty })

      let rows = try job.uploads()
      #expect(rows.count == 3)
      for row in rows {
        #expect(
          try row.keys == [
            "image_id", "filename", "key", "etag", "content_type", "size_bytes", "created_at",
            "preview_url",
          ])
        let preview = try row["preview_url"].string
        #expect(try job.instance.send("GET", preview).status == 200)
      }
      return Dictionary(
        uniqueKeysWithValues: try rows.map {
          (try $0["filename"].string, try $0["image_id"].string)
        })
    }

    private func judgesThem(_ job: Job, _ images: [String: String]) throws {
      let started = try job.instance.send("POST", "/requests/\(job.request)/qc/run", as: .customer)
      #expect(
        try started.json
          == .object(["request_id": .string(job.request), "status": .string("started")]))
      let rows = try job.finishQuality()
      #expect(try Set(rows.map { try $0["image_id"].string }) == Set(images.values))
      for row in rows {
        #expect(
          try row.keys
            == ["image_id", "duplicate_score", "ai_generated_score", "source_url", "flags"])
        let isPair = try row["image_id"].string != images["other.png"]
        let score = try row["duplicate_score"].double
        #expect(isPair ? score >= 0.9 : score < 0.5)
        #expect(try row["flags"].elements.contains(.string("near_duplicate")) == isPair)
        #expect(try (0..<0.5).contains(row["ai_generated_score"].double))
      }
      let status = try job.instance.send("GET", "/requests/\(job.request)", as: .customer)
      #expect(try status.json["status"].string == "ready")
    }

    private func handsThemOut(_ job: Job, _ images: [String: String]) throws -> String {
      let task = try job.assign()
      #expect(try job.assign() == task)
      let list = try job.instance.send("GET", "/tasks", as: .labeler).json.elements
      let row = try #require(try list.first { try $0["id"].string == task })
      #expect(
        try row.keys == [
          "id", "request_id", "title", "request_title", "status", "images_count", "created_at",
          "scope", "description", "answer", "points", "lease_expires_at",
        ])
      #expect(try row["images_count"].int == 3 && row["request_id"].string == job.request)
      expectProblem(try job.instance.send("GET", "/tasks/\(task)", as: .reviewer), 404)
      let detail = try job.instance.send("GET", "/tasks/\(task)", as: .labeler).json
      #expect(try detail.keys.isSuperset(of: ["id", "title", "classes", "images"]))
      #expect(try detail["classes"] == .array([.string("cat"), .string("dog")]))
      let shown = try detail["images"].elements
      #expect(try Set(shown.map { try $0["image_id"].string }) == Set(images.values))
      for image in shown {
        #expect(try job.instance.send("GET", image["url"].string).status == 200)
      }
      return task
    }

    private func takesLabels(_ job: Job, _ task: String, _ images: [String: String]) throws {
      let path = "/tasks/\(task)/labels"
      for (image, labels) in zip(images.values, [#"["cat"]"#, #"["cat", "dog"]"#, "[]"]) {
        let wrong = try job.instance.send(
          "POST", path, as: .labeler, json: #"{"image_id": "\#(image)", "labels": ["horse"]}"#)
        expectProblem(wrong, 400)
        let saved = try job.instance.send(
          "POST", path, as: .labeler, json: #"{"image_id": "\#(image)", "labels": \#(labels)}"#)
        #expect(
          try saved.json
            == .object([
              "task_id": .string(task), "image_id": .string(image), "status": .string("saved"),
            ]))
      }
      let detail = try job.instance.send("GET", "/tasks/\(task)", as: .labeler).json
      #expect(try detail["status"].string == "completed")
    }

    private func givesLabelsBack(_ job: Job, _ images: [String: String]) throws {
      let labels = try job.instance.send("GET", "/requests/\(job.request)/labels", as: .customer)
      let rows = try labels.json.elements
      #expect(try Set(rows.map { try $0["image_id"].string }) == Set(images.values))
      #expect(try rows.map { try $0["labels"].elements.count }.sorted() == [0, 1, 2])
      let status = try job.instance.send("GET", "/requests/\(job.request)", as: .customer)
      #expect(try status.json["status"].string == "completed")
      // For another customer the request does not exist.
      let stranger = try job.instance.newCustomer()
      for path in ["", "/uploads", "/labels", "/qc", "/qc/results"] {
        expectProblem(
          try job.instance.send("GET", "/requests/\(job.request)\(path)", token: stranger), 404)
      }
    }
  }
}
